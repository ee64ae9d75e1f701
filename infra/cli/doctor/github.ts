/** The environments and variables of the repository that the workflows use for a stack. */

import * as z from 'zod';
import { CommandError } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import {
  environmentProblems,
  expectedEnvironments,
  findEnvironment,
  githubApi,
} from '../github/environment.ts';
import { bad, type Finding, good, skipped } from '../release/checks.ts';
import { sharedStackOf } from '../release/stack.ts';
import { hasTool } from '../release/tools.ts';

const repositoryShape = z.object({ default_branch: z.string() });
const variableShape = z.object({ value: z.string() });

/** The expected values of the workflows' variables; undefined where the configuration has none. */
export interface WantedVariables {
  readonly AWS_ACCOUNT_ID?: string | undefined;
  readonly PULUMI_STATE_BUCKET?: string | undefined;
}

/** Compares what GitHub has with what the workflows need. */
export async function checkGitHub(
  stack: EnvironmentName,
  repository: string | undefined,
  wanted: WantedVariables = {},
): Promise<Finding[]> {
  if (repository === undefined) {
    return [
      skipped(
        'github',
        'no repository',
        `pulumi config set github <owner>/<repository> --stack ${sharedStackOf(stack)}`,
      ),
    ];
  }
  if (!(await hasTool('gh')))
    return [
      skipped(
        'github',
        'gh is not installed',
        'brew install gh, or https://cli.github.com; then gh auth login',
      ),
    ];
  try {
    return await compare(stack, repository, wanted);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [bad('github', error.message, 'gh auth login')];
  }
}

async function compare(
  stack: EnvironmentName,
  repository: string,
  wanted: WantedVariables,
): Promise<Finding[]> {
  const text = await githubApi(`repos/${repository}`);
  if (text === undefined)
    return [bad('github', `there is no ${repository}, or gh may not see it`, 'gh auth login')];
  const { default_branch } = repositoryShape.parse(JSON.parse(text));
  const expected = expectedEnvironments(stack, default_branch);
  const found = await Promise.all(
    expected.map(async (one) => environmentProblems(await findEnvironment(repository, one.name), one)),
  );
  const problems = [...found.flat(), ...(await wrongVariables(stack, repository, wanted))];
  if (problems.length > 0)
    return problems.map((message) => bad('github', message, 'npm run bootstrap -- --reviewer <login>'));
  return [good('github', `environments ${expected.map(({ name }) => name).join(' and ')} of ${repository}`)];
}

/** Read as the workflows do: the variable that ends with the name of the environment takes precedence. */
async function wrongVariables(stack: EnvironmentName, repository: string, wanted: WantedVariables) {
  const names = ['AWS_ACCOUNT_ID', 'PULUMI_STATE_BUCKET'] as const;
  const found = await Promise.all(
    names.map(async (name) => {
      const own = await variableOf(repository, `${name}_${stack.toUpperCase()}`);
      const value = own ?? (await variableOf(repository, name));
      if (value === undefined) return `the workflows have no ${name}`;
      const expected = wanted[name];
      return expected === undefined || expected === value
        ? undefined
        : `${name} is ${value} for the workflows, and ${expected} in the configuration of ${stack}`;
    }),
  );
  return found.filter((problem) => problem !== undefined);
}

async function variableOf(repository: string, name: string): Promise<string | undefined> {
  const text = await githubApi(`repos/${repository}/actions/variables/${name}`);
  return text === undefined ? undefined : variableShape.parse(JSON.parse(text)).value;
}
