import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type Grant, policy, type ResourceStatement, statementsOf } from './grant.ts';

const ISSUER = 'token.actions.githubusercontent.com';

export interface GitHubArgs {
  /** `owner/repository` */
  readonly repository: string;
  readonly ownerId?: string | undefined;
  readonly repositoryId?: string | undefined;
  readonly providerArn?: string | undefined;
}

/** The workflows of one repository. They authenticate with an OIDC token of GitHub instead of a stored access key. */
export class GitHub extends pulumi.ComponentResource {
  readonly #args: GitHubArgs;
  readonly #providerArn: pulumi.Input<string>;

  constructor(name: string, args: GitHubArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:GitHub', name, {}, options);
    this.#args = args;
    this.#providerArn = args.providerArn ?? this.#provider(name).arn;
    this.registerOutputs({});
  }

  /**
   * A role for the jobs that `subject` names: `environment:production`, `ref:refs/heads/main`, `pull_request`. Its
   * permissions are managed policies, one for each name in `grants`: all inline policies of a role share 10,240 characters,
   * a managed policy has 6,144 of its own, and ten can be attached (IAM user guide, "IAM and AWS STS quotas").
   */
  role(
    name: string,
    job: {
      readonly subject: readonly string[];
      readonly description: string;
      readonly grants: Record<string, Grant>;
    },
  ): aws.iam.Role {
    const role = new aws.iam.Role(
      name,
      {
        name,
        description: job.description,
        assumeRolePolicy: policy([this.#trust(job.subject)]),
        maxSessionDuration: 7200,
      },
      { parent: this },
    );
    for (const [part, grant] of Object.entries(job.grants)) {
      // IAM rejects a policy without statements.
      if (grant.statements.length === 0) continue;
      // Without a description, which IAM cannot change: a new text would replace the policy.
      const managedPolicy = new aws.iam.Policy(
        `${name}-${part}`,
        { name: `${name}-${part}`, policy: policy(statementsOf([grant])) },
        { parent: role },
      );
      new aws.iam.RolePolicyAttachment(
        `${name}-${part}`,
        { role: role.name, policyArn: managedPolicy.arn },
        { parent: role },
      );
    }
    return role;
  }

  #provider(name: string): aws.iam.OpenIdConnectProvider {
    return new aws.iam.OpenIdConnectProvider(
      name,
      { url: `https://${ISSUER}`, clientIdLists: ['sts.amazonaws.com'] },
      { parent: this },
    );
  }

  #trust(subjects: readonly string[]): ResourceStatement {
    return {
      Sid: 'TakeWithToken',
      Principal: { Federated: this.#providerArn },
      Action: ['sts:AssumeRoleWithWebIdentity'],
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: this.#repositories().flatMap((prefix) =>
            subjects.map((subject) => `${prefix}:${subject}`),
          ),
        },
      },
    };
  }

  /**
   * Repositories made or renamed since July 2026 name themselves with their ids, older ones do not (GitHub changelog,
   * "Immutable subject claims"). Both forms are exact: a wildcard would match other repositories.
   */
  #repositories(): string[] {
    const { repository, ownerId, repositoryId } = this.#args;
    const [owner, name] = repository.split('/');
    return [
      `repo:${repository}`,
      ...(ownerId === undefined || repositoryId === undefined
        ? []
        : [`repo:${owner}@${ownerId}/${name}@${repositoryId}`]),
    ];
  }
}
