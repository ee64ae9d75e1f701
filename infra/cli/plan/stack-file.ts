/** A stack's configuration from the repository, completed with placeholders so that it can be planned. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { SecretForm } from '../../../app/config/variable.ts';
import { CommandError } from '../../../scripts/command.ts';
import { isSharedStack } from '../../names.ts';
import { absent, ENVIRONMENT_KEYS } from '../../settings/environment.ts';
import { VARIABLES } from '../../variables.ts';
import { ROOT } from './root.ts';
import { isRecord } from './values.ts';

export interface Configuration {
  /** Full keys to text; objects are JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Which of them are secrets. */
  readonly encrypted: readonly string[];
  /** What was not there and is planned with a placeholder: variables, and `dist/worker` when it is not built. */
  readonly missing: readonly string[];
}

/** In the plan, the value of a required variable that is not configured. */
const PLACEHOLDER = 'placeholder';
/** The same for a secret, by its form; the settings refuse secrets that are short, look like placeholders, or cannot be read. */
const SECRET_PLACEHOLDERS: Readonly<Record<SecretForm, string>> = {
  token: 'planned-without-its-value',
  tokens: 'planned-without-its-value',
  keys: `planned:${Buffer.from('planned without any value of it.').toString('base64')}`,
  'connection string': 'mongodb+srv://planned-without-its-value.invalid',
  headers: 'planned=planned-without-its-value',
};
/** Stands for the bundle that is not built; the plan shows the bundle's own name. */
export const PLACEHOLDER_BUNDLE = 'infra/cli/plan/no-bundle';

const NAMESPACE = 'ansari-whatsapp:';
const BUNDLE = 'dist/worker';

const stackFile = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/**
 * Reads the stack's file with `overrides` over it; an override of `environment.NAME` sets one variable. Throws `CommandError`
 * when the file cannot be read. The values are validated by the program, not here.
 */
export function readConfiguration(
  stack: string,
  overrides: Readonly<Record<string, string>> = {},
): Configuration {
  const { config, encrypted } = fromFile(resolve(ROOT, `Pulumi.${stack}.yaml`), ofProject());
  for (const [key, text] of Object.entries(overrides)) override(config, key, text);
  return isSharedStack(stack) ? { config, encrypted, missing: [] } : complete(config, encrypted);
}

/** What Pulumi.yaml sets for every stack. */
function ofProject(): Record<string, string> {
  const values = Object.entries(configIn(resolve(ROOT, 'Pulumi.yaml')));
  return Object.fromEntries(
    values.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** The values of a stack's file over those of the project. */
function fromFile(
  path: string,
  project: Readonly<Record<string, string>>,
): { config: Record<string, string>; encrypted: string[] } {
  const config: Record<string, string> = { ...project };
  const encrypted: string[] = [];
  for (const [key, value] of Object.entries(existsSync(path) ? configIn(path) : {})) {
    if (isRecord(value) && 'secure' in value) {
      config[key] = secretPlaceholder(key);
      encrypted.push(key);
    } else
      config[key] = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  }
  return { config, encrypted };
}

/** Returns the placeholder of a secret; `key` is its variable, with or without the namespace. */
function secretPlaceholder(key: string): string {
  const name = key.replace(NAMESPACE, '');
  return SECRET_PLACEHOLDERS[VARIABLES.find((variable) => variable.name === name)?.secret ?? 'token'];
}

/** The key `config` of a stack's file. Throws `CommandError` when it cannot be read. */
export function configIn(path: string): Readonly<Record<string, unknown>> {
  const unreadable = (why: string, cause?: unknown) =>
    new CommandError(`${basename(path)} cannot be read: ${why}`, { cause });
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, 'utf8'), reviveNumbers, { intAsBigInt: true });
  } catch (error) {
    throw unreadable(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), error);
  }
  const { data } = stackFile.safeParse(raw ?? {});
  if (data === undefined) throw unreadable('it has to hold `config:` and below it one key a line');
  return data.config;
}

/** Ids are larger than the largest safe integer. */
function reviveNumbers(_key: unknown, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function override(config: Record<string, string>, key: string, text: string): void {
  const full = key.includes(':') ? key : `${NAMESPACE}${key}`;
  const [base = full, ...path] = full.split('.');
  const current = objectIn(config[base] ?? '{}');
  if (path.length === 0) config[full] = text;
  // A value that is not an object stays as it is: the program reports it.
  else if (current !== undefined) config[base] = JSON.stringify({ ...current, [path.join('.')]: text });
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function complete(config: Record<string, string>, encrypted: readonly string[]): Configuration {
  const secretNames = VARIABLES.filter(({ secret }) => secret).map(({ name }) => `${NAMESPACE}${name}`);
  const configured = secretNames.filter((key) => key in config);
  const environment = config[`${NAMESPACE}environment`];
  const plain = plainVariables(environment) ?? {};
  const domain = config[`${NAMESPACE}domain`];
  const referring = Object.keys(objectIn(config[`${NAMESPACE}secretReferences`] ?? '{}') ?? {});
  const without = absent(
    { plain, secrets: new Set(configured.map((key) => key.slice(NAMESPACE.length))), referring },
    { domain },
  );
  const secrets = without
    .filter(({ secret }) => secret)
    .map(({ name }) => [`${NAMESPACE}${name}`, secretPlaceholder(name)]);
  const variables = without.filter(({ secret }) => !secret).map(({ name }) => [name, PLACEHOLDER]);
  const bundled =
    config[`${NAMESPACE}worker`] === 'fargate' ||
    `${NAMESPACE}workerBundle` in config ||
    existsSync(resolve(ROOT, BUNDLE));
  return {
    config: {
      ...config,
      ...Object.fromEntries(secrets),
      ...(plainVariables(environment) === undefined
        ? {}
        : { [`${NAMESPACE}environment`]: JSON.stringify({ ...plain, ...Object.fromEntries(variables) }) }),
      ...(bundled ? {} : { [`${NAMESPACE}workerBundle`]: PLACEHOLDER_BUNDLE }),
    },
    encrypted: [...new Set([...encrypted, ...configured, ...secrets.map(([key = '']) => key)])],
    missing: [...without.map(({ name }) => name), ...(bundled ? [] : [BUNDLE])],
  };
}

/** The plain variables, from the text of the key `environment`; undefined when they are no object. */
export function plainVariables(text: string | undefined): Record<string, string> | undefined {
  return ENVIRONMENT_KEYS.shape.environment.safeParse(text).data;
}
