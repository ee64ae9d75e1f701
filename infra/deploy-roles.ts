import * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import { dataPermissions } from './deploy-permissions/data.ts';
import { readOnly } from './deploy-permissions/read-only.ts';
import { releasePermissions } from './deploy-permissions/releases.ts';
import { rolePermissions } from './deploy-permissions/roles.ts';
import { type PulumiState, statePermissions } from './deploy-permissions/state.ts';
import { grantOf } from './deploy-permissions/statements.ts';
import { webServicePermissions } from './deploy-permissions/web-service.ts';
import { workerPermissions } from './deploy-permissions/worker.ts';
import { workerTaskPermissions } from './deploy-permissions/worker-task.ts';
import type { GitHub } from './github.ts';
import type { Grant } from './grant.ts';
import { BRANCHES, driftEnvironment, type EnvironmentName, PROJECT } from './names.ts';
import { inAccount, type PerEnvironment } from './per-environment.ts';
import { pullStatements } from './service-roles.ts';

export interface DeployRolesArgs {
  /** The environments of the account; no other one gets a role. */
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
  readonly states: Readonly<Record<EnvironmentName, PulumiState>>;
}

/**
 * The roles that the jobs of the repository's workflows assume. The token of a job with an environment names the environment
 * and not the branch, so the deployment branch policy of that environment in GitHub decides which branch can use it.
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
   * The role of the scheduled comparison. A schedule runs on the default branch, which the approval of production does not
   * protect, so this role cannot decrypt: neither the value of a parameter, nor a secret in the state
   * (docs/decisions/0106-drift-reads-no-secrets.md).
   */
  #drift(environment: EnvironmentName): pulumi.Output<string> {
    return this.#args.github.role(`${PROJECT}-drift-${environment}`, {
      description: `Compares ${environment} of ansari-whatsapp with its state`,
      subject: [`environment:${driftEnvironment(environment)}`],
      grants: {
        state: statePermissions(environment, this.#args.states[environment], 'read'),
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
      data: dataPermissions(environment, place, inAccount(keyArns, environment)),
      worker: workerPermissions(environment, place, inAccount(topicArns, environment)),
      task: workerTaskPermissions(environment, place),
      web: webServicePermissions(environment, place),
      releases: releasePermissions(environment, place, repositoryArn),
      roles: rolePermissions(environment, place, {
        ...this.#args,
        boundaryArn: inAccount(boundaryArns, environment),
      }),
      state: statePermissions(environment, states[environment], 'write'),
    };
  }

  get #pushGrant(): Grant {
    return grantOf(...pullStatements(this.#args.repositoryArn), {
      Sid: 'PushImages',
      Action: ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
      Resource: this.#args.repositoryArn,
    });
  }
}
