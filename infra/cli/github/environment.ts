/** The environments of the repository in GitHub: the expected and the actual branches and reviewers of each. */
import * as z from 'zod';
import { CommandError } from '../../../scripts/command.ts';
import { BRANCHES, driftEnvironment, type EnvironmentName } from '../../names.ts';
import { runTool } from '../release/tools.ts';

export interface ExpectedEnvironment {
  readonly name: string;
  /** The only branch whose jobs may use it. */
  readonly branch: string;
  readonly reviewed: boolean;
}

/** What the workflows use for one stack: an environment to deploy it, and one to compare it, from the default branch. */
export function expectedEnvironments(stack: EnvironmentName, defaultBranch: string): ExpectedEnvironment[] {
  return [
    { name: stack, branch: BRANCHES[stack], reviewed: stack === 'production' },
    { name: driftEnvironment(stack), branch: defaultBranch, reviewed: false },
  ];
}

const reviewer = z.object({ type: z.enum(['User', 'Team']), reviewer: z.object({ id: z.number() }) });
const rule = z.object({
  type: z.string(),
  wait_timer: z.number().optional(),
  prevent_self_review: z.boolean().optional(),
  reviewers: z.array(reviewer).default([]),
});
const environment = z.object({
  protection_rules: z.array(rule).default([]),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullable()
    .default(null),
});
const policy = z.object({
  id: z.number(),
  name: z.string(),
  type: z.enum(['branch', 'tag']).default('branch'),
});
const policies = z.object({ branch_policies: z.array(policy).default([]) });
export type BranchPolicy = z.infer<typeof policy>;

export interface FoundEnvironment {
  /** Undefined: any branch may use it, or any protected one, and `policies` are not in force. */
  readonly unrestricted?: 'every branch' | 'every protected branch';
  /** Names and patterns of branches and tags that may use it. */
  readonly policies: readonly BranchPolicy[];
  readonly reviewers: readonly { readonly type: 'User' | 'Team'; readonly id: number }[];
  /** Other rules, as the API takes them. */
  readonly waitTimer: number;
  readonly preventSelfReview: boolean;
}

export const environmentPath = (repository: string, name: string) =>
  `repos/${repository}/environments/${name}`;

/**
 * Resolves to undefined when the repository has no such environment. Throws `CommandError` when gh is not installed or
 * GitHub rejects the call (REST API, "Deployment environments" and "Deployment branch policies").
 */
export async function findEnvironment(
  repository: string,
  name: string,
): Promise<FoundEnvironment | undefined> {
  const path = environmentPath(repository, name);
  const text = await githubApi(path);
  if (text === undefined) return undefined;
  const { protection_rules, deployment_branch_policy } = environment.parse(JSON.parse(text));
  const listed = deployment_branch_policy?.custom_branch_policies === true;
  const list = listed ? await githubApi(`${path}/deployment-branch-policies?per_page=100`) : undefined;
  const approval = protection_rules.find(({ type }) => type === 'required_reviewers');
  return {
    ...(listed ? {} : { unrestricted: deployment_branch_policy ? 'every protected branch' : 'every branch' }),
    policies: list === undefined ? [] : policies.parse(JSON.parse(list)).branch_policies,
    reviewers: (approval?.reviewers ?? []).map(({ type, reviewer }) => ({ type, id: reviewer.id })),
    waitTimer: protection_rules.find(({ wait_timer }) => wait_timer !== undefined)?.wait_timer ?? 0,
    preventSelfReview: approval?.prevent_self_review ?? false,
  };
}

/** Returns the policies for anything other than the branch. */
export function extraPolicies(found: FoundEnvironment, branch: string): BranchPolicy[] {
  return found.policies.filter(({ name, type }) => name !== branch || type !== 'branch');
}

export function allowsBranch(found: FoundEnvironment, branch: string): boolean {
  return found.policies.some(({ name, type }) => name === branch && type === 'branch');
}

/** Returns one line for each difference between an environment and what the workflows need. */
export function environmentProblems(
  found: FoundEnvironment | undefined,
  expected: ExpectedEnvironment,
): string[] {
  const { name, branch, reviewed } = expected;
  if (found === undefined) return [`no environment ${name}`];
  const extra = extraPolicies(found, branch).map(({ name, type }) => (type === 'tag' ? `tag ${name}` : name));
  return [
    ...(found.unrestricted === undefined
      ? []
      : [`${found.unrestricted} may use ${name}, and not ${branch} alone`]),
    ...(found.unrestricted === undefined && !allowsBranch(found, branch)
      ? [`${branch} may not use ${name}`]
      : []),
    ...(extra.length === 0 ? [] : [`${extra.join(', ')} may use ${name} beside ${branch}`]),
    ...(reviewed && found.reviewers.length === 0 ? [`${name} is used without an approval`] : []),
  ];
}

/** Resolves to the response of GitHub's API, undefined for 404. Throws `CommandError` for other errors and without gh. */
export async function githubApi(path: string): Promise<string | undefined> {
  const { code, stdout, output } = await runTool('gh', ['api', path]);
  if (code === 0) return stdout;
  if (/HTTP 404|Not Found/.test(output)) return undefined;
  const reason = output.trim().split('\n').at(-1) ?? '';
  throw new CommandError(`GitHub cannot be asked for ${path} (${reason}): gh auth login`);
}
