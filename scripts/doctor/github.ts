/** The environment of the repository that the deploy workflow names. */

import * as z from 'zod';
import { Plain } from '../command.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import { type Ran, runTool } from '../release/tools.ts';

const environment = z.object({
  protection_rules: z.array(z.object({ type: z.string() })).default([]),
  deployment_branch_policy: z.unknown().nullable().default(null),
});

export async function checkGitHub(stack: string, repository: string | undefined): Promise<Finding[]> {
  if (repository === undefined) {
    return [
      skipped('github', 'no repository', 'pulumi config set github <owner>/<repository> --stack shared'),
    ];
  }
  const answer = await api(`repos/${repository}/environments/${stack}`);
  if (answer === undefined)
    return [
      skipped('github', 'gh is not here', 'brew install gh, or https://cli.github.com; then gh auth login'),
    ];
  if (answer.code !== 0) {
    return [
      bad(
        'github',
        `no environment ${stack} in ${repository}, or gh is not logged in`,
        'gh auth login && npm run bootstrap',
      ),
    ];
  }
  const { protection_rules, deployment_branch_policy } = environment.parse(JSON.parse(answer.stdout));
  const approved = protection_rules.some(({ type }) => type === 'required_reviewers');
  const rules = [
    ...(deployment_branch_policy === null
      ? [bad('github', `every branch may deploy to ${stack}`, 'npm run bootstrap')]
      : []),
    ...(stack === 'production' && !approved
      ? [
          warning(
            'github',
            'production deploys without an approval',
            'npm run bootstrap -- --reviewer <login>',
          ),
        ]
      : []),
  ];
  const missing = await missingVariables(repository);
  if (missing.length > 0) {
    rules.push(bad('github', `the workflows have no ${missing.join(' and ')}`, 'npm run bootstrap'));
  }
  return rules.length > 0 ? rules : [good('github', `environment ${stack} of ${repository}`)];
}

/** Variables of the repository that every workflow with an account reads. */
async function missingVariables(repository: string): Promise<string[]> {
  const found = await Promise.all(
    ['AWS_ACCOUNT_ID', 'PULUMI_STATE_BUCKET'].map(async (name) => {
      const answer = await api(`repos/${repository}/actions/variables/${name}`);
      return answer?.code === 0 ? [] : [name];
    }),
  );
  return found.flat();
}

async function api(path: string): Promise<Ran | undefined> {
  try {
    return await runTool('gh', ['api', path]);
  } catch (error) {
    if (error instanceof Plain) return undefined;
    throw error;
  }
}
