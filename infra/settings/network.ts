/** Validation of the subnets and security groups of a stack. */
import type { Problems } from './problems.ts';

/** Shown where a list of subnets has to be set. */
export const SUBNETS_EXAMPLE = `'["subnet-<id>","subnet-<id>"]'`;
export const SECURITY_GROUPS_EXAMPLE = `'["sg-<id>"]'`;

/** Amazon ECS API reference, AwsVpcConfiguration: at most 16 subnets, all of one VPC. */
const MAX_SUBNETS = 16;
/** An Application Load Balancer spans two Availability Zones (Elastic Load Balancing, "Subnets for your load balancer"). */
const MIN_SUBNETS = 2;

interface Keys {
  readonly compute: 'apprunner' | 'ecs-express';
  readonly worker: 'lambda' | 'fargate';
  readonly subnets?: readonly string[] | undefined;
  readonly securityGroups?: readonly string[] | undefined;
}

/**
 * Adds the problems of `subnets` and `securityGroups` that are visible without a call to AWS. App Runner uses neither, but
 * a worker on Fargate does.
 */
export function checkNetwork({ compute, subnets, securityGroups, worker }: Keys, problems: Problems): void {
  if (compute === 'apprunner') {
    if (worker === 'fargate') return;
    for (const [key, value] of Object.entries({ subnets, securityGroups })) {
      if (value === undefined) continue;
      problems.add(
        `${key}: App Runner is not in a VPC, so it uses no ${key}; compute is apprunner`,
        problems.remove(key),
      );
    }
    return;
  }
  if (subnets !== undefined) {
    const distinct = new Set(subnets).size;
    if (distinct < subnets.length) {
      problems.add('subnets names a subnet twice', problems.set('subnets', SUBNETS_EXAMPLE));
    } else if (distinct < MIN_SUBNETS || distinct > MAX_SUBNETS) {
      problems.add(
        `subnets has ${distinct}: ECS Express Mode takes ${MIN_SUBNETS} to ${MAX_SUBNETS}, public ones of one VPC in different Availability Zones`,
        problems.set('subnets', SUBNETS_EXAMPLE),
      );
    }
  } else if (securityGroups !== undefined) {
    problems.add(
      'securityGroups belong to the VPC of subnets, and subnets is missing',
      problems.set('subnets', SUBNETS_EXAMPLE),
    );
  }
}
