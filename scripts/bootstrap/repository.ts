import * as z from 'zod';
import type { EnvironmentName } from '../../infra/names.ts';
import { mustRun, runTool } from '../release/tools.ts';
import type { Step } from './step.ts';

/** Which branch is deployed to which environment. */
const BRANCHES: Readonly<Record<EnvironmentName, string>> = { staging: 'develop', production: 'main' };

const identity = z.object({ id: z.number(), owner: z.object({ id: z.number() }) });
const reviewer = z.object({ type: z.enum(['User', 'Team']), reviewer: z.object({ id: z.number() }) });
const rule = z.object({ type: z.string(), reviewers: z.array(reviewer).default([]) });
const rulesOf = z.object({ protection_rules: z.array(rule).default([]) });
const policies = z.object({ branch_policies: z.array(z.object({ name: z.string() })).default([]) });

/** The numbers of a repository and its owner, which newer tokens of GitHub name it by. */
export async function idsOf(repository: string): Promise<{ repository: string; owner: string }> {
  const { id, owner } = identity.parse(JSON.parse(await mustRun('gh', ['api', `repos/${repository}`])));
  return { repository: String(id), owner: String(owner.id) };
}

/** A variable that the workflows read; nothing secret. */
export function variable(repository: string, name: string, value: string): Step {
  return {
    name: `variable ${name}`,
    there: async () => {
      const { code, stdout } = await runTool('gh', ['variable', 'get', name, '--repo', repository]);
      return code === 0 && stdout.trim() === value ? value : undefined;
    },
    make: async () => {
      await mustRun('gh', ['variable', 'set', name, '--repo', repository, '--body', value]);
      return value;
    },
  };
}

/** An environment that only its branch may deploy to; production waits for a reviewer: one that it has, else one of these. */
export function environment(repository: string, name: EnvironmentName, reviewers: readonly number[]): Step {
  const path = `repos/${repository}/environments/${name}`;
  const branch = BRANCHES[name];
  return {
    name: `environment ${name}`,
    there: async () => {
      const known = await branchesOf(path);
      const guarded = name !== 'production' || (await reviewersOf(path)).length > 0;
      return known.includes(branch) && guarded ? `from ${known.join(', ')}` : undefined;
    },
    make: async () => {
      const given = name === 'production' ? reviewers.map((id) => ({ type: 'User', id })) : [];
      const theirs = await reviewersOf(path);
      const approving = theirs.length > 0 ? theirs : given;
      const rules = {
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
        ...(approving.length > 0 ? { reviewers: approving } : {}),
      };
      await mustRun('gh', ['api', '--method', 'PUT', path, '--input', '-'], { input: JSON.stringify(rules) });
      if (!(await branchesOf(path)).includes(branch)) {
        const policy = ['--method', 'POST', `${path}/deployment-branch-policies`, '-f', `name=${branch}`];
        await mustRun('gh', ['api', ...policy]);
      }
      return `from ${branch}${approving.length > 0 ? `, ${approving.length} reviewers` : ''}`;
    },
  };
}

/** Of an environment that is not there: none. */
async function branchesOf(path: string): Promise<string[]> {
  const { code, stdout } = await runTool('gh', ['api', `${path}/deployment-branch-policies`]);
  if (code !== 0) return [];
  return policies.parse(JSON.parse(stdout)).branch_policies.map((policy) => policy.name);
}

/** As the API takes them back; of an environment that is not there: none. */
async function reviewersOf(path: string): Promise<{ type: string; id: number }[]> {
  const { code, stdout } = await runTool('gh', ['api', path]);
  if (code !== 0) return [];
  return rulesOf
    .parse(JSON.parse(stdout))
    .protection_rules.filter(({ type }) => type === 'required_reviewers')
    .flatMap(({ reviewers }) => reviewers.map(({ type, reviewer }) => ({ type, id: reviewer.id })));
}

/** The number of a person; without a login, of whoever is logged in. */
export async function personId(login?: string): Promise<number> {
  const answer = await mustRun('gh', ['api', login === undefined ? 'user' : `users/${login}`]);
  return z.object({ id: z.number() }).parse(JSON.parse(answer)).id;
}
