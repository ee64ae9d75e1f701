import * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import { dataRights } from './deploy-rights/data.ts';
import { readOnly } from './deploy-rights/read-only.ts';
import { releaseRights } from './deploy-rights/releases.ts';
import { roleRights } from './deploy-rights/roles.ts';
import { type StateOfPulumi, stateRights } from './deploy-rights/state.ts';
import { allowing } from './deploy-rights/statements.ts';
import { webServiceRights } from './deploy-rights/web-service.ts';
import { workerRights } from './deploy-rights/worker.ts';
import { workerTaskRights } from './deploy-rights/worker-task.ts';
import type { GitHub } from './github.ts';
import type { Grant } from './grant.ts';
import { BRANCHES, driftEnvironment, type EnvironmentName, PROJECT } from './names.ts';
import { inAccount, type PerEnvironment } from './per-environment.ts';
import { pulling } from './service-roles.ts';

export interface DeployRolesArgs {
  /** Those of the account: roles are made for no other one. */
  readonly environments: readonly EnvironmentName[];
  readonly place: Place;
  readonly github: GitHub;
  readonly repositoryArn: pulumi.Input<string>;
  readonly topicArns: PerEnvironment<pulumi.Input<string>>;
  readonly accessRoleArn: pulumi.Input<string>;
  readonly infrastructureRoleArn: pulumi.Input<string>;
  readonly passableRoleArns: readonly string[];
  readonly boundaryArns: PerEnvironment<pulumi.Input<string>>;
  readonly keyArns: PerEnvironment<pulumi.Input<string>>;
  readonly states: Readonly<Record<EnvironmentName, StateOfPulumi>>;
}

/**
 * The roles of the repository's workflows, one for each job. Which branch reaches an environment is decided by the branch rules
 * of that environment in GitHub, since its token then names the environment and no longer the branch.
 */
export class DeployRoles extends pulumi.ComponentResource {
  readonly #args: DeployRolesArgs;
  readonly arns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: DeployRolesArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:DeployRoles', name, {}, options);
    this.#args = args;
    this.arns = {
      'build-push': this.#buildAndPush(),
      ...Object.fromEntries(args.environments.map((name) => [`deploy-${name}`, this.#deploy(name)])),
      ...Object.fromEntries(args.environments.map((name) => [`drift-${name}`, this.#drift(name)])),
    };
    this.registerOutputs(this.arns);
  }

  #buildAndPush(): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-build-push`, {
      description: 'Pushes images of ansari-whatsapp',
      subject: this.#args.environments.map((name) => `ref:refs/heads/${BRANCHES[name]}`),
      grants: { images: this.#pushGrant },
    }).arn;
  }

  #deploy(environment: EnvironmentName): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-deploy-${environment}`, {
      description: `Changes ${environment} of ansari-whatsapp`,
      subject: [`environment:${environment}`],
      grants: this.#deployGrants(environment),
    }).arn;
  }

  /**
   * The comparison on a schedule. A schedule runs on the default branch, which any approval of production does not
   * protect, so this role opens nothing: no parameter's value, and no secret in the state
   * (docs/decisions/0106-drift-reads-no-secrets.md).
   */
  #drift(environment: EnvironmentName): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-drift-${environment}`, {
      description: `Compares ${environment} of ansari-whatsapp with its state`,
      subject: [`environment:${driftEnvironment(environment)}`],
      grants: {
        state: stateRights(environment, this.#args.states[environment], 'look'),
        ...this.#readOnlyGrants(environment),
      },
    }).arn;
  }

  #readOnlyGrants(environment: EnvironmentName): Record<string, Grant> {
    const { state: _, ...parts } = this.#deployGrants(environment);
    return Object.fromEntries(Object.entries(parts).map(([part, grant]) => [part, readOnly(grant)]));
  }

  #deployGrants(environment: EnvironmentName) {
    const { place, repositoryArn, topicArns, keyArns, boundaryArns, states } = this.#args;
    return {
      data: dataRights(environment, place, inAccount(keyArns, environment)),
      worker: workerRights(environment, place, inAccount(topicArns, environment)),
      task: workerTaskRights(environment, place),
      web: webServiceRights(environment, place),
      releases: releaseRights(environment, place, repositoryArn),
      roles: roleRights(environment, place, {
        ...this.#args,
        boundaryArn: inAccount(boundaryArns, environment),
      }),
      state: stateRights(environment, states[environment], 'change'),
    };
  }

  get #pushGrant(): Grant {
    return allowing(...pulling(this.#args.repositoryArn), {
      Sid: 'PushImages',
      Action: ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
      Resource: this.#args.repositoryArn,
    });
  }
}
