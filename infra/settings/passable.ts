/** Existing roles that an environment uses, and the permission of the deploy role to pass them to AWS services. */
import { PROJECT } from '../names.ts';

export interface ExistingRoles {
  readonly instanceRoleArn?: string | undefined;
  readonly accessRoleArn?: string | undefined;
}

/**
 * Returns each configured role that is not in `passableRoleArns` of the shared stack, with the command that adds it:
 * `iam:PassRole` would be denied to a deployment from GitHub, after it has changed other resources.
 */
export function notPassable(
  { instanceRoleArn, accessRoleArn }: ExistingRoles,
  passable: readonly string[],
  sharedStack: string,
): readonly { readonly message: string; readonly fix: string }[] {
  return Object.entries({ instanceRoleArn, accessRoleArn })
    .filter((entry): entry is [string, string] => entry[1] !== undefined && !passable.includes(entry[1]))
    .map(([key, arn], index) => ({
      message: `${key} ${arn} is not among the roles that ${PROJECT}'s deploy roles may pass on`,
      fix: `pulumi config set --path 'passableRoleArns[${passable.length + index}]' ${arn} --stack ${sharedStack} && pulumi up --stack ${sharedStack}`,
    }));
}
