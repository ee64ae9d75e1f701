import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { type Grant, policy, roleFor, statementsOf } from './grant.ts';
import { serviceName } from './names.ts';
import type { WebServiceArgs } from './web-service.ts';

export interface WebServiceRole {
  readonly arn: pulumi.Input<string>;
  /** What has to be there before the role is of use. */
  readonly ready: pulumi.Resource[];
}

export interface TakenRole {
  /**
   * How the name of the role ends. Each compute has its own: while the web service moves from one to the other, both roles
   * are there.
   */
  readonly as: string;
  readonly by: string;
  readonly onlyFor?: pulumi.Input<string>;
  readonly grants: readonly Grant[];
}

/**
 * The role that the web service runs with. One that exists is left as it is: the rights it needs lie beside it as a policy, for
 * its owner to attach.
 */
export function webServiceRole(
  name: string,
  args: WebServiceArgs,
  taken: TakenRole,
  options: pulumi.CustomResourceOptions,
): WebServiceRole {
  const roleName = `${serviceName(args.environment)}-${taken.as}`;
  if (args.instanceRoleArn !== undefined) {
    const rights = new aws.iam.Policy(
      name,
      {
        name: roleName,
        description: 'What the role of the web service has to be allowed',
        policy: policy(statementsOf(taken.grants)),
      },
      options,
    );
    return { arn: args.instanceRoleArn, ready: [rights] };
  }
  const { role, rights } = roleFor(
    name,
    {
      name: roleName,
      description: 'What the web service of ansari-whatsapp may do',
      service: taken.by,
      ...(taken.onlyFor === undefined ? {} : { onlyFor: taken.onlyFor }),
      boundary: args.boundaryArn,
      grants: taken.grants,
    },
    options,
  );
  return { arn: role.arn, ready: [rights] };
}
