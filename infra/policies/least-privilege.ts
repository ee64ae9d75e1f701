import { isOnResource, type ParsedStatement, statementsIn } from './documents.ts';
import type { Rule } from './rule.ts';

/** Actions without a resource type (Service Authorization Reference): their resource can only be `*`. */
export const WITHOUT_RESOURCE: ReadonlySet<string> = new Set([
  'apprunner:ListServices',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ecr:GetAuthorizationToken',
  'ecs:DeregisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'lambda:CreateEventSourceMapping',
  'logs:DescribeLogGroups',
  'sns:GetSubscriptionAttributes',
  'ssm:DescribeParameters',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

/** Principals that may assume a role. */
const TRUSTED = [
  /^build\.apprunner\.amazonaws\.com$/,
  /^tasks\.apprunner\.amazonaws\.com$/,
  /^ecs(-tasks)?\.amazonaws\.com$/,
  /^lambda\.amazonaws\.com$/,
  /^cloudwatch\.amazonaws\.com$/,
  /^arn:aws:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
  /^arn:aws:iam::\d{12}:root$/,
];

/** The statement that lets IAM policies of the account allow access to a key (KMS developer guide, "Default key policy"). */
function delegatesToAccount(type: string, statement: ParsedStatement): boolean {
  return type === 'aws:kms/key:Key' && statement.Sid === 'LeaveToTheAccount';
}

export const leastPrivilege: readonly Rule[] = [
  {
    name: 'statement-ids-are-unique',
    description: 'IAM rejects a policy with a duplicate Sid, and the plan prints the Sids.',
    check: (resource) => {
      const names = statementsIn(resource).map(({ Sid }) => Sid ?? '');
      return names
        .filter((name, index) => !/^[A-Za-z0-9]+$/.test(name) || names.indexOf(name) !== index)
        .map((name) => `has a duplicate or invalid Sid \`${name}\``);
    },
  },
  {
    name: 'no-star-action',
    description: 'Every action is named in full.',
    check: (resource) =>
      statementsIn(resource)
        .filter((statement) => statement.Effect === 'Allow' && !delegatesToAccount(resource.type, statement))
        .flatMap((statement) => statement.Action.filter((action) => action.includes('*')))
        .map((action) => `allows ${action}`),
  },
  {
    name: 'star-resource-only-where-aws-offers-no-other',
    description: 'Every permission names its resources, unless AWS offers none to name.',
    check: (resource) =>
      statementsIn(resource)
        .filter((statement) => statement.Effect === 'Allow' && !isOnResource(statement))
        .filter((statement) => statement.Resource.includes('*'))
        .flatMap((statement) => statement.Action.filter((action) => !WITHOUT_RESOURCE.has(action)))
        .map((action) => `allows ${action} on everything`),
  },
  {
    name: 'principals-are-named',
    description: 'Every principal is named.',
    check: (resource) => [
      ...statementsIn(resource)
        .filter((statement) => statement.Effect === 'Allow' && isOnResource(statement))
        .flatMap(principalsOf)
        .filter((principal) => !TRUSTED.some((trusted) => trusted.test(principal)))
        .map((principal) => `allows ${principal}`),
      ...(resource.type === 'aws:lambda/permission:Permission' && resource.inputs.sourceArn === undefined
        ? ['allows a service without a source ARN']
        : []),
    ],
  },
  {
    name: 'github-subjects-are-exact',
    description:
      "GitHub's tokens are compared without wildcards: the audience, and the repository with its job.",
    check: (resource) =>
      statementsIn(resource)
        .filter((statement) => statement.Action.includes('sts:AssumeRoleWithWebIdentity'))
        .filter((statement) => !hasExactSubject(statement))
        .map(() => 'can be assumed by workflows of others'),
  },
  {
    name: 'roles-are-passed-to-named-services',
    description: 'A role is passed only to the service it is for.',
    check: (resource) =>
      statementsIn(resource)
        .filter((statement) => statement.Action.includes('iam:PassRole'))
        .filter((statement) => statement.Condition.StringEquals?.['iam:PassedToService'] === undefined)
        .map(() => 'passes roles to any service'),
  },
];

function principalsOf(statement: ParsedStatement): string[] {
  if (statement.Principal === undefined) return [];
  return statement.Principal === '*' ? ['everybody'] : Object.values(statement.Principal).flat();
}

function hasExactSubject({ Condition }: ParsedStatement): boolean {
  const equal = Condition.StringEquals ?? {};
  const subjects = equal['token.actions.githubusercontent.com:sub'] ?? [];
  const audience = equal['token.actions.githubusercontent.com:aud'] ?? [];
  const exact = subjects.every((subject) => /^repo:[^*?]+:[^*?]+$/.test(subject));
  return subjects.length > 0 && exact && audience.join() === 'sts.amazonaws.com';
}
