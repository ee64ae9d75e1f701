/** The stack: its state, and its configuration. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../../app/json.ts';
import { type EnvironmentName, PROJECT } from '../../names.ts';
import { InvalidSettings } from '../../settings/problems.ts';
import { readSettings } from '../../settings/read.ts';
import { secretProblem } from '../../settings/secret-value.ts';
import { VARIABLES } from '../../variables.ts';
import { ROOT } from '../plan/root.ts';
import { plainVariables, readConfiguration } from '../plan/stack-file.ts';
import { bad, type Finding, good, warning } from '../release/checks.ts';
import { pulumi } from '../release/pulumi.ts';
import { pulumiErrorIn } from '../release/pulumi-errors.ts';
import { sharedStackOf } from '../release/stack.ts';
import { invalidValues, setCommand } from './values.ts';

const backend = z.object({ url: z.string() });
const configuration = z.record(z.string(), z.object({ value: z.string().optional() }));
const stacks = z.array(z.object({ name: z.string() }));

export async function checkState(stack: EnvironmentName): Promise<Finding[]> {
  const login = await pulumi(['whoami', '--verbose', '--json']);
  const url = backend.safeParse(parseJson(login.stdout)).data?.url;
  if (login.code !== 0 || url === undefined) {
    const why = pulumiErrorIn(login.output, stack) ?? 'Pulumi is not logged in to a backend';
    return [bad('state', why, 'npm run bootstrap')];
  }
  const where = url.startsWith('s3://')
    ? good('state', url)
    : warning('state', `${url} is not the bucket that the workflows use`, 'npm run bootstrap');
  const { code, stdout, output } = await pulumi(['stack', 'ls', '--json']);
  const unreachable = code === 0 ? undefined : pulumiErrorIn(output, stack);
  if (unreachable !== undefined) return [bad('state', unreachable, 'pulumi whoami --verbose')];
  const known = new Set(
    (stacks.safeParse(parseJson(stdout)).data ?? []).map(({ name }) => name.split('/').pop()),
  );
  const shared = sharedStackOf(stack);
  const missing = [shared, stack].filter((name) => !known.has(name));
  if (missing.length > 0)
    return [where, bad('stacks', `${missing.join(' and ')} not made yet`, 'npm run bootstrap')];
  return [where, good('stacks', `${shared} and ${stack} exist`), ...(await checkSecrets(stack))];
}

/** Nothing when they can be decrypted and none is weak. */
async function checkSecrets(stack: EnvironmentName): Promise<Finding[]> {
  const { code, output, stdout } = await pulumi(['config', '--show-secrets', '--json', '--stack', stack]);
  if (code === 0) return weakSecrets(stack, configuration.safeParse(parseJson(stdout)).data ?? {});
  // Not the output itself: it may contain decrypted values.
  return [
    bad(
      'secrets',
      pulumiErrorIn(output, stack) ?? 'the secrets of the stack cannot be decrypted',
      `pulumi config --show-secrets --stack ${stack}`,
    ),
  ];
}

/** By the same rule as the program and `pulumi up`. Missing or empty secrets are reported by `checkSettings`. */
function weakSecrets(stack: EnvironmentName, values: z.infer<typeof configuration>): Finding[] {
  return VARIABLES.filter(({ secret }) => secret).flatMap(({ name }) => {
    const value = values[`${PROJECT}:${name}`]?.value ?? '';
    const why = value.trim() === '' ? undefined : secretProblem(name, value);
    return why === undefined ? [] : [bad('secrets', `${name} ${why}`, commandFor(stack, name))];
  });
}

/** Returns what the Pulumi program or the application would reject, and every required variable without a value. */
export function checkSettings(stack: EnvironmentName): Finding[] {
  const { config, encrypted, missing } = readConfiguration(stack);
  const plain = Object.entries(plainVariables(config[`${PROJECT}:environment`]) ?? {});
  const present = plain.filter(([name]) => !missing.includes(name));
  const own = [
    ...missing.map((name) => bad('configuration', `${name} is missing`, commandFor(stack, name))),
    ...invalidValues(stack, Object.fromEntries(present)),
  ];
  try {
    const exists = (path: string) => existsSync(resolve(ROOT, path));
    const settings = readSettings({ stack, values: config, encrypted: new Set(encrypted), exists });
    if (own.length > 0) return own;
    const secrets = 'secrets' in settings ? settings.secrets.length : 0;
    return [good('configuration', `${secrets} secrets, nothing is missing`)];
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    const others = error.problems.map((problem) => {
      const [message = '', fix = `pulumi config --stack ${stack}`] = problem.split(/\n\s+/, 2);
      return bad('configuration', message, fix);
    });
    // The program and the settings reject some values by the same rule: report them once.
    const named = own.map(({ message }) => `environment.${message.split(' ', 1)[0]}`);
    return [...own, ...others.filter(({ message }) => !named.includes(message.split(' ', 1)[0] ?? ''))];
  }
}

/** Checks that the alarms of the stack, and the budget, have a recipient. */
export function checkAlarms(stack: EnvironmentName): Finding {
  const emailOf = (name: string) => readConfiguration(name).config[`${PROJECT}:alarmEmail`];
  const shared = sharedStackOf(stack);
  const addresses = [emailOf(shared), emailOf(stack)].filter((email) => email !== undefined);
  const set = `pulumi config set alarmEmail <address> --stack ${shared}`;
  if (addresses.length === 0) return warning('alarms', 'no alarmEmail: they have no recipient', set);
  if (emailOf(shared) === undefined)
    return warning(
      'alarms',
      `they go to ${addresses.join()}; there is no budget without alarmEmail of ${shared}`,
      set,
    );
  return good('alarms', `they go to ${[...new Set(addresses)].join(' and ')}`);
}

function commandFor(stack: EnvironmentName, name: string): string {
  const variable = VARIABLES.find((candidate) => candidate.name === name);
  if (variable === undefined) return 'npm run build';
  return variable.secret ? `pulumi config set --secret ${name} --stack ${stack}` : setCommand(stack, name);
}
