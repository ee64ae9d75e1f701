import { isOnResource, statementsIn } from './documents.ts';
import type { Rule } from './rule.ts';

/** Actions that no policy allows: a role's trust policy is set when the role is created. */
const FORBIDDEN = new Set(['iam:UpdateAssumeRolePolicy']);

/** Actions that grant access to others, and the condition that has to restrict them. */
const REQUIRED_CONDITIONS: Readonly<Record<string, string>> = {
  'iam:CreateServiceLinkedRole': 'iam:AWSServiceName',
  'lambda:AddPermission': 'lambda:Principal',
};

export const lastingAccess: Rule = {
  name: 'no-access-outlasts-a-deployment',
  description:
    'A deployment grants access to named principals only: such access outlasts the credentials of the deployment.',
  check: (resource) =>
    statementsIn(resource)
      .filter((statement) => statement.Effect === 'Allow' && !isOnResource(statement))
      .flatMap(({ Action, Condition }) =>
        Action.flatMap((action) => {
          if (FORBIDDEN.has(action)) return [`allows ${action}`];
          const key = REQUIRED_CONDITIONS[action];
          return key === undefined || Condition.StringEquals?.[key] !== undefined
            ? []
            : [`allows ${action} without the condition ${key}`];
        }),
      ),
};
