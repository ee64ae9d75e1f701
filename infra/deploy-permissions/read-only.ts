import type { Grant } from '../grant.ts';

/** Returns the grant with its read actions only, and without those that could return a secret. */
export function readOnly(grant: Grant): Grant {
  const isReadAction = (action: string) =>
    /^[a-z0-9-]+:(Describe|Get|List)/.test(action) && !/^(ssm:Get|ecr:GetAuthorizationToken$)/.test(action);
  const statements = grant.statements
    .map((statement) => ({
      ...statement,
      Sid: statement.Sid.replace(/^(Change|Describe|PointAt|Register|SubscribeTo|Tag|Use)/, 'LookAt'),
      Action: statement.Action.filter(isReadAction),
    }))
    .filter((statement) => statement.Action.length > 0);
  return { variables: {}, statements };
}
