/** A stack's configuration as it stands in the repository, completed so that it can be planned. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { absent, ENVIRONMENT_KEYS } from '../../infra/settings/environment.ts';
import { VARIABLES } from '../../infra/variables.ts';
import { Plain } from '../command.ts';
import { ROOT } from './record.ts';

export interface Configuration {
  /** Full keys to text; objects are JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Which of them are secrets. */
  readonly encrypted: readonly string[];
  /** What was not there and is planned with a placeholder: variables, and `dist/worker` when it is not built. */
  readonly missing: readonly string[];
}

/** Stands in the plan for a value that is not known. */
const PLACEHOLDER = 'placeholder';
/** Stands for the bundle that is not built; the plan shows the bundle's own name. */
export const PLACEHOLDER_BUNDLE = 'scripts/plan/no-bundle';

const NAMESPACE = 'ansari-whatsapp:';
const BUNDLE = 'dist/worker';

const value = z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())]);
const stackFile = z.object({ config: z.record(z.string(), value).default({}) });

/** The stack's file with `overrides` over it; an override of `environment.NAME` sets one variable. */
export function readConfiguration(
  stack: string,
  overrides: Readonly<Record<string, string>> = {},
): Configuration {
  const { config, encrypted } = fromFile(resolve(ROOT, `Pulumi.${stack}.yaml`));
  for (const [key, text] of Object.entries(overrides)) override(config, key, text);
  return stack === 'shared' ? { config, encrypted, missing: [] } : complete(config, encrypted);
}

function fromFile(path: string): { config: Record<string, string>; encrypted: string[] } {
  const config: Record<string, string> = {};
  const encrypted: string[] = [];
  for (const [key, given] of Object.entries(keysIn(path))) {
    if (typeof given !== 'object') config[key] = String(given);
    else if ('secure' in given) {
      config[key] = PLACEHOLDER;
      encrypted.push(key);
    } else config[key] = JSON.stringify(given);
  }
  return { config, encrypted };
}

function keysIn(path: string): z.infer<typeof stackFile>['config'] {
  if (!existsSync(path)) return {};
  try {
    const raw: unknown = parse(readFileSync(path, 'utf8'), reviveNumbers, { intAsBigInt: true });
    return stackFile.parse(raw ?? {}).config;
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Plain(`${basename(path)} cannot be read: ${why}`, { cause: error });
  }
}

/** Ids are longer than a number can be exact. */
function reviveNumbers(_key: unknown, given: unknown): unknown {
  return typeof given === 'bigint' ? String(given) : given;
}

function override(config: Record<string, string>, key: string, text: string): void {
  const full = key.includes(':') ? key : `${NAMESPACE}${key}`;
  const [base, variable] = full.split('.', 2);
  if (base === undefined || variable === undefined) config[full] = text;
  else config[base] = JSON.stringify({ ...JSON.parse(config[base] ?? '{}'), [variable]: text });
}

function complete(config: Record<string, string>, encrypted: readonly string[]): Configuration {
  const secretNames = VARIABLES.filter(({ secret }) => secret).map(({ name }) => `${NAMESPACE}${name}`);
  const given = secretNames.filter((key) => key in config);
  const environment = config[`${NAMESPACE}environment`];
  const plain = plainVariables(environment) ?? {};
  const domain = config[`${NAMESPACE}domain`];
  const without = absent(plain, new Set(given.map((key) => key.slice(NAMESPACE.length))), { domain });
  const secrets = without
    .filter(({ secret }) => secret)
    .map(({ name }) => [`${NAMESPACE}${name}`, PLACEHOLDER]);
  const variables = without.filter(({ secret }) => !secret).map(({ name }) => [name, PLACEHOLDER]);
  const bundled = `${NAMESPACE}workerBundle` in config || existsSync(resolve(ROOT, BUNDLE));
  return {
    config: {
      ...config,
      ...Object.fromEntries(secrets),
      ...(plainVariables(environment) === undefined
        ? {}
        : { [`${NAMESPACE}environment`]: JSON.stringify({ ...plain, ...Object.fromEntries(variables) }) }),
      ...(bundled ? {} : { [`${NAMESPACE}workerBundle`]: PLACEHOLDER_BUNDLE }),
    },
    encrypted: [...new Set([...encrypted, ...given, ...secrets.map(([key = '']) => key)])],
    missing: [...without.map(({ name }) => name), ...(bundled ? [] : [BUNDLE])],
  };
}

/** The plain variables, from the text of the key `environment`; undefined when they are no object. */
export function plainVariables(text: string | undefined): Record<string, string> | undefined {
  return ENVIRONMENT_KEYS.shape.environment.safeParse(text).data;
}
