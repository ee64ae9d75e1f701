import type { Grant } from '../grant.ts';

/** Of a grant only what looks, and of that nothing that could show a secret. */
export function readOnly(grant: Grant): Grant {
  const looks = (action: string) =>
    /^[a-z0-9-]+:(Describe|Get|List)/.test(action) && !/^(ssm:Get|ecr:GetAuthorizationToken$)/.test(action);
  const statements = grant.statements
    .map((statement) => ({
      ...statement,
      Sid: statement.Sid.replace(/^(Change|Describe|PointAt|Register|SubscribeTo|Tag|Use)/, 'LookAt'),
      Action: statement.Action.filter(looks),
    }))
    .filter((statement) => statement.Action.length > 0);
  return { variables: {}, statements };
}
