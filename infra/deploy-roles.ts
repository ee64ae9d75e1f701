import * as pulumi from '@pulumi/pulumi';
import { allowing } from './deploy-rights/allowing.ts';
import { dataRights, readingParameters } from './deploy-rights/data.ts';
import { doorRights } from './deploy-rights/door.ts';
import { lookingOnly } from './deploy-rights/looking.ts';
import { roleRights } from './deploy-rights/roles.ts';
import { type StateOfPulumi, stateRights } from './deploy-rights/state.ts';
import { workerRights } from './deploy-rights/worker.ts';
import { workerTaskRights } from './deploy-rights/worker-task.ts';
import type { GitHub } from './github.ts';
import type { Grant, Statement } from './grant.ts';
import { type EnvironmentName, PROJECT } from './names.ts';
import type { Place } from './place.ts';
import { pulling } from './service-roles.ts';

/** Branches whose pushes build an image. */
const BUILT_BRANCHES = ['develop', 'main'];
/** Scheduled workflows run on the default branch, and their token names it. */
const DEFAULT_BRANCH = 'main';

export interface DeployRolesArgs {
  readonly place: Place;
  readonly github: GitHub;
  readonly repositoryArn: pulumi.Input<string>;
  readonly topicArn: pulumi.Input<string>;
  readonly accessRoleArn: pulumi.Input<string>;
  readonly infrastructureRoleArn: pulumi.Input<string>;
  readonly boundaryArns: Readonly<Record<EnvironmentName, pulumi.Input<string>>>;
  readonly keyArns: Readonly<Record<EnvironmentName, pulumi.Input<string>>>;
  readonly states: Readonly<Record<EnvironmentName, StateOfPulumi>>;
}

/**
 * What the repository's workflows may do, job by job. Which branch reaches an environment is decided by the branch rules
 * of that environment in GitHub, since its token then names the environment and no longer the branch.
 */
export class DeployRoles extends pulumi.ComponentResource {
  readonly #args: DeployRolesArgs;
  readonly arns: Readonly<
    Record<'build-push' | 'preview' | `${'deploy' | 'drift'}-${EnvironmentName}`, pulumi.Output<string>>
  >;

  constructor(name: string, args: DeployRolesArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:DeployRoles', name, {}, options);
    this.#args = args;
    this.arns = {
      'build-push': this.#buildAndPush(),
      preview: this.#preview(),
      'deploy-staging': this.#deploy('staging'),
      'deploy-production': this.#deploy('production'),
      'drift-staging': this.#drift('staging'),
      'drift-production': this.#drift('production'),
    };
    this.registerOutputs(this.arns);
  }

  #buildAndPush(): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-build-push`, {
      description: 'Pushes images of ansari-whatsapp',
      subject: BUILT_BRANCHES.map((branch) => `ref:refs/heads/${branch}`),
      grants: { images: this.#pushing },
    }).arn;
  }

  /**
   * Any pull request of the repository can run code with it. It looks at staging and asks for no parameter's value; but a
   * preview opens the secrets of staging's configuration, so whoever may push a branch can see those, and none of
   * production's.
   */
  #preview(): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-preview`, {
      description: 'Shows what a pull request would change in staging',
      subject: ['pull_request'],
      grants: {
        state: stateRights('staging', this.#args.states.staging, 'look'),
        looking: allowing(...this.#looking('staging')),
      },
    }).arn;
  }

  #deploy(environment: EnvironmentName): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-deploy-${environment}`, {
      description: `Changes ${environment} of ansari-whatsapp`,
      subject: [`environment:${environment}`],
      grants: this.#changing(environment),
    }).arn;
  }

  /** The comparison on a schedule. A refresh reads parameters with their values, so this role is taken from main alone. */
  #drift(environment: EnvironmentName): pulumi.Output<string> {
    const { place, keyArns, states } = this.#args;
    const values = readingParameters(environment, place, keyArns[environment]);
    return this.#args.github.role(`${PROJECT}-drift-${environment}`, {
      description: `Compares ${environment} of ansari-whatsapp with its state`,
      subject: [`ref:refs/heads/${DEFAULT_BRANCH}`],
      grants: {
        state: stateRights(environment, states[environment], 'look'),
        looking: allowing(...this.#looking(environment), ...values),
      },
    }).arn;
  }

  #looking(environment: EnvironmentName): Statement[] {
    const { door, worker, task, data, roles } = this.#changing(environment);
    return [door, worker, task, data, roles].flatMap((grant) => lookingOnly(grant).statements);
  }

  #changing(environment: EnvironmentName) {
    const { place, repositoryArn, topicArn, keyArns, boundaryArns, states } = this.#args;
    return {
      data: dataRights(environment, place, keyArns[environment]),
      worker: workerRights(environment, place, topicArn),
      task: workerTaskRights(environment, place),
      door: doorRights(environment, place, repositoryArn),
      roles: roleRights(environment, place, { ...this.#args, boundaryArn: boundaryArns[environment] }),
      state: stateRights(environment, states[environment], 'change'),
    };
  }

  get #pushing(): Grant {
    return allowing(...pulling(this.#args.repositoryArn), {
      Sid: 'PushImages',
      Action: ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
      Resource: this.#args.repositoryArn,
    });
  }
}
