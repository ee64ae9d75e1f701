import { isOnResource, statementsIn } from './documents.ts';
import type { Rule } from './rule.ts';

/** Nobody's right: who takes a role is decided when it is made. */
const FORBIDDEN = new Set(['iam:UpdateAssumeRolePolicy']);

/** Rights to let others in, and the condition that says whom. */
const REQUIRED_CONDITIONS: Readonly<Record<string, string>> = {
  'iam:CreateServiceLinkedRole': 'iam:AWSServiceName',
  'lambda:AddPermission': 'lambda:Principal',
};

export const outlasting: Rule = {
  name: 'no-access-outlasts-a-deployment',
  description:
    'Who deploys lets in only what is named: such access stays when the credentials of the deployment have ended.',
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
