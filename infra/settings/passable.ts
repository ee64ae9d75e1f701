/** Roles that an operator gives an environment, and what the deploy role needs to pass them on to AWS's services. */
import { PROJECT } from '../names.ts';

export interface GivenRoles {
  readonly instanceRoleArn?: string | undefined;
  readonly accessRoleArn?: string | undefined;
}

/**
 * Each given role that is not in `passableRoleArns` of the stack `shared`, with the command that adds it: a deployment
 * from GitHub would be refused with `iam:PassRole`, after it has changed other things.
 */
export function notPassable(
  { instanceRoleArn, accessRoleArn }: GivenRoles,
  passable: readonly string[],
): readonly { readonly message: string; readonly fix: string }[] {
  return Object.entries({ instanceRoleArn, accessRoleArn })
    .filter((entry): entry is [string, string] => entry[1] !== undefined && !passable.includes(entry[1]))
    .map(([key, arn], index) => ({
      message: `${key} ${arn} is not among the roles that ${PROJECT}'s deploy roles may pass on`,
      fix: `pulumi config set --path 'passableRoleArns[${passable.length + index}]' ${arn} --stack shared && pulumi up --stack shared`,
    }));
}
