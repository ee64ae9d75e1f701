import * as z from 'zod';
import {
  allowsBranch,
  type ExpectedEnvironment,
  environmentPath,
  environmentProblems,
  extraPolicies,
  findEnvironment,
} from '../github/environment.ts';
import { mustRun, runTool } from '../release/tools.ts';
import type { Step } from './step.ts';

const identity = z.object({
  id: z.number(),
  owner: z.object({ id: z.number() }),
  default_branch: z.string(),
});

export interface RepositoryIdentity {
  /** The numbers of the repository and its owner, which newer tokens of GitHub name it by. */
  readonly repository: string;
  readonly owner: string;
  /** Where schedules run. */
  readonly defaultBranch: string;
}

export async function identityOf(repository: string): Promise<RepositoryIdentity> {
  const text = await mustRun('gh', ['api', `repos/${repository}`]);
  const { id, owner, default_branch } = identity.parse(JSON.parse(text));
  return { repository: String(id), owner: String(owner.id), defaultBranch: default_branch };
}

/** A variable that the workflows read; nothing secret. */
export function variable(repository: string, name: string, value: string): Step {
  return {
    name: `variable ${name}`,
    find: async () => {
      const { code, stdout } = await runTool('gh', ['variable', 'get', name, '--repo', repository]);
      return code === 0 && stdout.trim() === value ? value : undefined;
    },
    create: async () => {
      await mustRun('gh', ['variable', 'set', name, '--repo', repository, '--body', value]);
      return value;
    },
  };
}

/**
 * An environment that only its branch may use. Policies for other branches and tags are removed and printed. An environment
 * that needs an approval keeps its reviewers, and gets these when it has none. Its other rules stay.
 */
export function environment(
  repository: string,
  expected: ExpectedEnvironment,
  reviewers: readonly number[],
): Step {
  const { name, branch } = expected;
  const path = environmentPath(repository, name);
  return {
    name: `environment ${name}`,
    find: async () => {
      const found = await findEnvironment(repository, name);
      return environmentProblems(found, expected).length === 0 ? `from ${branch}` : undefined;
    },
    create: async () => {
      const found = await findEnvironment(repository, name);
      const wanted = expected.reviewed ? reviewers.map((id) => ({ type: 'User', id })) : [];
      const theirs = found?.reviewers ?? [];
      const approving = theirs.length > 0 ? theirs : wanted;
      const rules = {
        wait_timer: found?.waitTimer ?? 0,
        prevent_self_review: found?.preventSelfReview ?? false,
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
        ...(approving.length > 0 ? { reviewers: approving } : {}),
      };
      await mustRun('gh', ['api', '--method', 'PUT', path, '--input', '-'], { input: JSON.stringify(rules) });
      // Listed anew: policies of before may be in force again.
      const now = await findEnvironment(repository, name);
      const extra = now === undefined ? [] : extraPolicies(now, branch);
      const list = `${path}/deployment-branch-policies`;
      for (const { id } of extra) await mustRun('gh', ['api', '--method', 'DELETE', `${list}/${id}`]);
      if (now === undefined || !allowsBranch(now, branch))
        await mustRun('gh', ['api', '--method', 'POST', list, '-f', `name=${branch}`, '-f', 'type=branch']);
      return [
        `from ${branch}`,
        ...(approving.length > 0 ? [`${approving.length} reviewers`] : []),
        ...(extra.length > 0 ? [`no longer from ${extra.map((one) => one.name).join(' and ')}`] : []),
      ].join(', ');
    },
  };
}

/** Resolves to the user id of a login, by default of the user that gh is logged in as. */
export async function userId(login?: string): Promise<number> {
  const text = await mustRun('gh', ['api', login === undefined ? 'user' : `users/${login}`]);
  return z.object({ id: z.number() }).parse(JSON.parse(text)).id;
}
