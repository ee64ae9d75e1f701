/** Parses a stack's raw configuration to settings, or reports every problem at once. Pure: Pulumi and the disk are passed in. */
import type * as z from 'zod';
import { renamed } from '../../app/config/older-names.ts';
import { heldIn } from '../../app/config/secret-shapes.ts';
import {
  DEFAULT_REGION,
  ENVIRONMENTS,
  type EnvironmentName,
  isSharedStack,
  PROJECT,
  SHARED_STACK,
} from '../names.ts';
import { VARIABLES } from '../variables.ts';
import {
  checkEnvironment,
  checkVariables,
  ENVIRONMENT_EXAMPLES,
  ENVIRONMENT_KEYS,
  type EnvironmentKeys,
} from './environment.ts';
import { closest, InvalidSettings, Problems } from './problems.ts';
import { APP_RUNNER_REGIONS, regionName } from './region.ts';
import { readReferences, type SecretReference } from './secret-reference.ts';
import { secretProblem } from './secret-value.ts';
import { lenientTextMap } from './shapes.ts';
import { checkShared, SHARED_EXAMPLES, SHARED_KEYS, type SharedSettings } from './shared.ts';

export interface RawConfiguration {
  readonly stack: string;
  /** Every key of the stack with its namespace: `ansari-whatsapp:image`. Objects are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Which of them are encrypted; absent when that is unknown. */
  readonly encrypted?: ReadonlySet<string>;
  /** Whether a path relative to the project exists. */
  exists(path: string): boolean;
}

export interface EnvironmentSettings extends Omit<EnvironmentKeys, 'environment' | 'secretReferences'> {
  readonly stack: EnvironmentName;
  readonly region: string;
  /** Variables with plain values. */
  readonly plain: Readonly<Record<string, string>>;
  /** Names of the variables that are set as secrets. */
  readonly secrets: readonly string[];
  /** Secrets that exist already, by variable. */
  readonly references: Readonly<Record<string, SecretReference>>;
}

export type AccountSettings = { readonly stack: string; readonly region: string } & SharedSettings;
export type Settings = AccountSettings | EnvironmentSettings;

const SECRETS = new Set(VARIABLES.filter((variable) => variable.secret).map((variable) => variable.name));

/** Throws `InvalidSettings` with every problem. */
export function readSettings(raw: RawConfiguration): Settings {
  const problems = new Problems(raw.stack);
  const region = regionOf(raw, problems);
  const settings = isSharedStack(raw.stack)
    ? readShared(raw, region, problems)
    : readEnvironment(raw, region, problems);
  if (settings === undefined || problems.all.length > 0) throw new InvalidSettings(raw.stack, problems.all);
  return settings;
}

function readShared(raw: RawConfiguration, region: string, problems: Problems): Settings | undefined {
  const { known } = keysOf(raw, SHARED_KEYS.shape, problems);
  const keys = parse(SHARED_KEYS, known, SHARED_EXAMPLES, problems);
  if (keys === undefined) return undefined;
  checkShared(keys, problems);
  return { stack: raw.stack, region, ...keys };
}

function readEnvironment(raw: RawConfiguration, region: string, problems: Problems): Settings | undefined {
  const stack = ENVIRONMENTS.find((name) => name === raw.stack);
  if (stack === undefined) {
    problems.add(
      `unknown stack: the stacks are ${SHARED_STACK}, ${ENVIRONMENTS.join(' and ')}`,
      'pulumi stack select staging',
    );
    return undefined;
  }
  const { known, secrets, held } = keysOf(raw, ENVIRONMENT_KEYS.shape, problems);
  const keys = parse(ENVIRONMENT_KEYS, known, ENVIRONMENT_EXAMPLES, problems);
  if (keys === undefined) {
    checkVariables({ plain: textOf(known.environment), secrets, held }, ENVIRONMENT_KEYS.parse({}), problems);
    return undefined;
  }
  const { environment, secretReferences, ...rest } = keys;
  const place = { region, account: keys.accountId };
  const references = readReferences(secretReferences, place, problems);
  checkEnvironment(keys, problems);
  const referring = Object.keys(secretReferences);
  checkVariables({ plain: environment, secrets, held, referring }, keys, problems);
  // Lambda loads its handler `index.handler` from one of these files. A task runs the image.
  if (
    keys.worker === 'lambda' &&
    !['index.js', 'index.mjs'].some((entry) => raw.exists(`${keys.workerBundle}/${entry}`))
  )
    problems.add(`the worker's bundle ${keys.workerBundle} is not built`, 'npm run build');
  checkCompute(keys, region, problems);
  return { stack, region, ...rest, plain: environment, secrets: [...secrets], references };
}

/** Splits our keys, without the namespace, into settings and secrets. Unknown keys, and secrets that are empty or in plain text, are problems. */
function keysOf(raw: RawConfiguration, shape: Readonly<Record<string, unknown>>, problems: Problems) {
  const known: Record<string, string> = {};
  const secrets = new Set<string>();
  const held: Record<string, string> = {};
  for (const [fullKey, value] of Object.entries(raw.values)) {
    if (!fullKey.startsWith(`${PROJECT}:`)) continue;
    const key = fullKey.slice(PROJECT.length + 1);
    if (key in shape) known[key] = value;
    else if (!isSharedStack(raw.stack) && SECRETS.has(key)) {
      secrets.add(key);
      const unfit = secretProblem(key, value);
      const inside = heldIn(key, value);
      if (typeof inside !== 'string') Object.assign(held, inside);
      if (unfit !== undefined) problems.add(`the secret ${key} ${unfit}`, problems.setSecret(key));
      else if (raw.encrypted?.has(fullKey) === false) {
        problems.add(`the secret ${key} is in plain text in the configuration`, problems.setSecret(key));
      }
    } else {
      const suggestion = renamed(key) ?? closest(key, [...Object.keys(shape), ...SECRETS]);
      problems.add(
        `there is no key ${key}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
        problems.remove(key),
      );
    }
  }
  return { known, secrets, held };
}

function parse<T>(
  schema: z.ZodType<T>,
  known: Readonly<Record<string, string>>,
  examples: Readonly<Record<string, string>>,
  problems: Problems,
): T | undefined {
  const parsed = schema.safeParse(known);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    const [key, variable] = path.map(String);
    if (key === undefined) continue;
    const value = known[key];
    const problem = value === undefined ? 'is missing' : `${message}, got \`${value}\``;
    if (variable === undefined)
      problems.add(`${key} ${problem}`, problems.set(key, examples[key] ?? '<value>'));
    else if (key === 'environment')
      problems.add(`${key}.${variable} ${message}`, problems.setVariable(variable));
    else if (key === 'secretReferences')
      problems.add(`${key}.${variable} ${message}`, problems.setReference(variable));
    else problems.add(`${key}[${variable}] ${message}`, problems.setEntry(key, variable));
  }
  return undefined;
}

/** The plain variables, when not all of the configuration could be read. */
function textOf(environment: string | undefined): Record<string, string> {
  return lenientTextMap.safeParse(environment).data ?? {};
}

/** Returns the region of the stack. Adds a problem when it is missing or not a region. */
function regionOf(raw: RawConfiguration, problems: Problems): string {
  const region = raw.values['aws:region'];
  const set = problems.set('aws:region', DEFAULT_REGION);
  if (region === undefined) problems.add('aws:region is not set', set);
  const unfit = regionName.safeParse(region ?? DEFAULT_REGION).error?.issues[0]?.message;
  if (unfit !== undefined) problems.add(`aws:region ${unfit}, got \`${region}\``, set);
  return region ?? '';
}

function checkCompute({ compute }: EnvironmentKeys, region: string, problems: Problems): void {
  if (compute !== 'apprunner' || !regionName.safeParse(region).success || APP_RUNNER_REGIONS.includes(region))
    return;
  problems.add(
    `compute: App Runner is not in ${region}; it is in ${APP_RUNNER_REGIONS.join(', ')}`,
    problems.set('compute', 'ecs-express'),
  );
}

export function isEnvironment(settings: Settings): settings is EnvironmentSettings {
  return !isSharedStack(settings.stack);
}
