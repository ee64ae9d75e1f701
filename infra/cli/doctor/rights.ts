/** Checks with IAM's policy simulator that the deploy role is allowed the calls of the next `pulumi up`. */
import {
  type IAMClient,
  NoSuchEntityException,
  paginateSimulatePrincipalPolicy,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { Interrupted, isRefused, messageOf } from '../../../scripts/command.ts';
import { bad, type Finding, good, skipped } from '../release/checks.ts';
import type { AwsCall } from './next-update.ts';

const SHOWN = 5;

/** A simulation evaluates IAM's policies only and calls no service. */
export async function checkRights(
  iam: IAMClient,
  roleArn: string,
  calls: readonly AwsCall[],
  sharedStack: string,
): Promise<Finding> {
  const fix = `pulumi up --stack ${sharedStack}`;
  const role = roleArn.split('/').pop() ?? roleArn;
  try {
    const refused: string[] = [];
    for (const input of requestsOf(roleArn, calls)) refused.push(...(await refusedIn(iam, input)));
    const wanted = new Set(calls.map(keyOf));
    const missing = refused.filter((key) => wanted.has(key));
    if (missing.length === 0) return good('rights', `${role} may make all ${wanted.size} calls of pulumi up`);
    const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
    return bad(
      'rights',
      `the next pulumi up from GitHub would be refused; ${role} may not ${missing.slice(0, SHOWN).join(', ')}${more}`,
      fix,
    );
  } catch (error) {
    if (error instanceof NoSuchEntityException) return bad('rights', `there is no role ${role}`, fix);
    if (error instanceof Interrupted) throw error;
    const why = isRefused(error) ? 'these credentials may not simulate' : 'IAM could not simulate';
    return skipped('rights', `${why} ${role} (iam:SimulatePrincipalPolicy): ${messageOf(error)}`);
  }
}

const keyOf = ({ action, resource }: Pick<AwsCall, 'action' | 'resource'>) => `${action} on ${resource}`;

/** Groups the calls by context and resources, for as few requests as possible. */
function requestsOf(roleArn: string, calls: readonly AwsCall[]): SimulatePrincipalPolicyCommandInput[] {
  const byAction = Map.groupBy(calls, ({ action, context }) => JSON.stringify([action, context]));
  const alike = Map.groupBy(byAction.values(), (group) =>
    JSON.stringify([group[0]?.context, group.map(({ resource }) => resource).sort()]),
  );
  return [...alike.values()].map((groups) => ({
    PolicySourceArn: roleArn,
    ActionNames: groups.flatMap(([first]) => first?.action ?? []),
    ResourceArns: [...new Set(groups[0]?.map(({ resource }) => resource))],
    ContextEntries: Object.entries(groups[0]?.[0]?.context ?? {}).map(([key, value]) => ({
      ContextKeyName: key,
      ContextKeyType: 'string',
      ContextKeyValues: [value],
    })),
  }));
}

async function refusedIn(iam: IAMClient, input: SimulatePrincipalPolicyCommandInput): Promise<string[]> {
  const refused: string[] = [];
  for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy({ client: iam }, input)) {
    for (const {
      EvalActionName: action = '',
      EvalResourceName,
      EvalDecision,
      ...result
    } of EvaluationResults) {
      const { ResourceSpecificResults = [] } = result;
      // With several resources each has its own result.
      const decisions =
        ResourceSpecificResults.length === 0
          ? [[EvalResourceName, EvalDecision]]
          : ResourceSpecificResults.map((one) => [one.EvalResourceName, one.EvalResourceDecision]);
      for (const [resource = '*', decision] of decisions)
        if (decision !== 'allowed') refused.push(keyOf({ action, resource }));
    }
  }
  return refused;
}
