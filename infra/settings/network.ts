/** Validation of the subnets and security groups of a stack. */
import type { Problems } from './problems.ts';

/** Shown where a list of subnets has to be set. */
export const SUBNETS_EXAMPLE = `'["subnet-<id>","subnet-<id>"]'`;
export const SECURITY_GROUPS_EXAMPLE = `'["sg-<id>"]'`;

/** Amazon ECS API reference, AwsVpcConfiguration: at most 16 subnets, all of one VPC. Lambda has the same limit. */
const MAX_SUBNETS = 16;
/** An Application Load Balancer spans two Availability Zones (Elastic Load Balancing, "Subnets for your load balancer"). */
const MIN_SUBNETS = 2;
/** Of a network interface (Amazon VPC user guide, "Amazon VPC quotas"), AwsVpcConfiguration and Lambda's VpcConfig. */
const MAX_GROUPS = 5;

interface Keys {
  readonly compute: 'apprunner' | 'ecs-express';
  readonly worker: 'lambda' | 'fargate';
  readonly subnets?: readonly string[] | undefined;
  readonly privateSubnets?: readonly string[] | undefined;
  readonly securityGroups?: readonly string[] | undefined;
}

/** Adds the problems of the network that are visible without a call to AWS. */
export function checkNetwork(keys: Keys, problems: Problems): void {
  checkPrivateSubnets(keys, problems);
  if (keys.compute === 'apprunner') checkUnused(keys, problems);
  else checkSubnets(keys, problems);
}

/** App Runner uses no `subnets`, but a worker on Fargate does; security groups are of either list. */
function checkUnused({ worker, subnets, privateSubnets, securityGroups }: Keys, problems: Problems): void {
  if (worker === 'fargate') {
    if (subnets === undefined || privateSubnets === undefined) return;
    problems.add(
      'subnets: the tasks of the worker run in privateSubnets, so none runs there',
      problems.remove('subnets'),
    );
    return;
  }
  const unused = { subnets, ...(privateSubnets === undefined ? { securityGroups } : {}) };
  for (const [key, value] of Object.entries(unused)) {
    if (value === undefined) continue;
    problems.add(
      `${key}: App Runner is not in a VPC, so it uses no ${key}; compute is apprunner. What it calls from a VPC needs privateSubnets`,
      problems.remove(key),
    );
  }
}

function checkSubnets({ subnets, privateSubnets, securityGroups }: Keys, problems: Problems): void {
  if (subnets === undefined) {
    if (securityGroups === undefined || privateSubnets !== undefined) return;
    problems.add(
      'securityGroups belong to the VPC of subnets, and subnets is missing',
      problems.set('subnets', SUBNETS_EXAMPLE),
    );
    return;
  }
  const distinct = new Set(subnets).size;
  if (distinct < subnets.length) {
    problems.add('subnets names a subnet twice', problems.set('subnets', SUBNETS_EXAMPLE));
  } else if (distinct < MIN_SUBNETS || distinct > MAX_SUBNETS) {
    problems.add(
      `subnets has ${distinct}: ECS Express Mode takes ${MIN_SUBNETS} to ${MAX_SUBNETS}, public ones of one VPC in different Availability Zones`,
      problems.set('subnets', SUBNETS_EXAMPLE),
    );
  }
}

/** Neither a function nor a connector gets a security group by itself that says what it may reach. */
function checkPrivateSubnets(
  { compute, subnets = [], privateSubnets, securityGroups }: Keys,
  problems: Problems,
): void {
  if (privateSubnets === undefined) return;
  const again = problems.set('privateSubnets', SUBNETS_EXAMPLE);
  if (new Set(privateSubnets).size < privateSubnets.length)
    problems.add('privateSubnets names a subnet twice', again);
  else if (privateSubnets.length > MAX_SUBNETS)
    problems.add(`privateSubnets has ${privateSubnets.length} of at most ${MAX_SUBNETS}`, again);
  const both = privateSubnets.filter((subnet) => subnets.includes(subnet));
  if (compute === 'ecs-express' && both.length > 0)
    problems.add(`${both.join(', ')} of privateSubnets is in subnets too, which are public`, again);
  if (securityGroups === undefined) {
    problems.add(
      'privateSubnets needs securityGroups of the same VPC, which say what may be reached from there',
      problems.set('securityGroups', SECURITY_GROUPS_EXAMPLE),
    );
  } else if (securityGroups.length > MAX_GROUPS) {
    problems.add(
      `securityGroups has ${securityGroups.length} of at most ${MAX_GROUPS}`,
      problems.set('securityGroups', SECURITY_GROUPS_EXAMPLE),
    );
  }
}
