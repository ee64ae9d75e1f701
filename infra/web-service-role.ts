import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { type Grant, policy, roleFor, statementsOf } from './grant.ts';
import { serviceName } from './names.ts';
import type { WebServiceArgs } from './web-service.ts';

export interface WebServiceRole {
  readonly arn: pulumi.Input<string>;
  /** The resources that have to exist before the role can be used. */
  readonly ready: pulumi.Resource[];
}

export interface RoleUse {
  /**
   * Suffix of the role's name. Each compute has its own: while the web service moves from one to the other, both roles
   * exist.
   */
  readonly suffix: string;
  /** The AWS service that assumes the role. */
  readonly service: string;
  readonly sourceAccount?: pulumi.Input<string>;
  readonly grants: readonly Grant[];
}

/**
 * The role that the web service runs with. An existing role stays unchanged: the permissions it needs become a policy for its
 * owner to attach.
 */
export function webServiceRole(
  name: string,
  args: WebServiceArgs,
  use: RoleUse,
  options: pulumi.CustomResourceOptions,
): WebServiceRole {
  const roleName = `${serviceName(args.environment)}-${use.suffix}`;
  if (args.instanceRoleArn !== undefined) {
    const needed = new aws.iam.Policy(
      name,
      {
        name: roleName,
        description: 'Permissions that the role of the web service needs',
        policy: policy(statementsOf(use.grants)),
      },
      options,
    );
    return { arn: args.instanceRoleArn, ready: [needed] };
  }
  const { role, rolePolicy } = roleFor(
    name,
    {
      name: roleName,
      description: 'Permissions of the web service of ansari-whatsapp',
      service: use.service,
      ...(use.sourceAccount === undefined ? {} : { sourceAccount: use.sourceAccount }),
      boundary: args.boundaryArn,
      grants: use.grants,
    },
    options,
  );
  return { arn: role.arn, ready: [rolePolicy] };
}
