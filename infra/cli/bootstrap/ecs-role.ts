import {
  CreateServiceLinkedRoleCommand,
  GetRoleCommand,
  type IAMClient,
  InvalidInputException,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import type { Step } from './step.ts';

/**
 * Service-linked roles that ECS Express Mode works with: of ECS itself, of load balancers and of scaling (Amazon ECS
 * developer guide, "Resources created by Amazon ECS Express Mode services"). AWS creates each with the first call that
 * needs it, and takes some seconds until it can be used: the first cluster of an account is refused
 * (cloudformation-coverage-roadmap, issue 818), and so is the first load balancer (pulumi-eks, issue 576).
 */
export const SERVICE_LINKED_ROLES: Readonly<Record<string, string>> = {
  'ecs.amazonaws.com': 'AWSServiceRoleForECS',
  'elasticloadbalancing.amazonaws.com': 'AWSServiceRoleForElasticLoadBalancing',
  'ecs.application-autoscaling.amazonaws.com': 'AWSServiceRoleForApplicationAutoScaling_ECSService',
};

/** One step for each role. They cost nothing, and only AWS can assume them. */
export function serviceLinkedRoles(iam: IAMClient): Step[] {
  return Object.entries(SERVICE_LINKED_ROLES).map(([service, role]) => ({
    name: `service-linked role of ${service}`,
    find: async () => ((await roleExists(iam, role)) ? role : undefined),
    create: async () => {
      try {
        await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }));
      } catch (error) {
        // Created by AWS or by another caller after the check.
        if (!(error instanceof InvalidInputException) || !/has been taken/.test(error.message)) throw error;
      }
      return role;
    },
  }));
}

/** Resolves to true when the account has this role. Throws what IAM throws. */
export async function roleExists(iam: IAMClient, RoleName: string): Promise<boolean> {
  try {
    await iam.send(new GetRoleCommand({ RoleName }));
    return true;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return false;
    throw error;
  }
}
