/**
 * The only reader of the environment. All other code gets values.
 */
import type { z } from 'zod';
import { olderNameWarnings, withOlderNames } from './config/older-names.ts';
import { contradictions, problemsOf, warningsOf } from './config/problems.ts';
import { misspeltNames, trimmedValues, untrimmedValues, withDefaults } from './config/raw.ts';
import { unpackSecrets } from './config/secret-shapes.ts';
import { type Config, toConfig } from './config/to-config.ts';
import { ENVIRONMENT } from './config/variables.ts';

export { type Config, logKeyOf, type StoreConfig } from './config/to-config.ts';
export type { Variable } from './config/variable.ts';
export { VARIABLES } from './config/variables.ts';

/** An invalid environment. `problems` names every wrong variable and what to set it to. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Throws `ConfigError` with all problems at once. An empty value counts as missing. No message contains a secret. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { data, problems, misspelt } = parse(env, ENVIRONMENT);
  if (data === undefined) throw new ConfigError(problems);
  problems.push(...contradictions(data));
  if (problems.length > 0) throw new ConfigError(problems);

  return toConfig(data, [...warningsOf(misspelt), ...olderNameWarnings(env)]);
}

/** As `readConfig`, for a program that needs these variables only: `schema` is a part of `ENVIRONMENT`. */
export function readVariables<Schema extends z.ZodObject>(
  env: NodeJS.ProcessEnv,
  schema: Schema,
): z.output<Schema> {
  const parsed = parse(env, schema);
  const names = Object.keys(schema.shape);
  const problems = parsed.problems.filter((problem) => names.some((name) => problem.startsWith(`${name} `)));
  if (parsed.data === undefined || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

/** `data` is undefined when a value does not fit; `problems` has every problem, also of values that fit alone. */
function parse<Schema extends z.ZodObject>(env: NodeJS.ProcessEnv, schema: Schema) {
  const { values: untrimmed, issues } = unpackSecrets(untrimmedValues(env));
  const set = trimmedValues(untrimmed);
  const filled = withDefaults(set);
  const misspelt = misspeltNames(env, set);
  const parsed = schema.safeParse(filled);
  const found = problemsOf(filled, untrimmed, misspelt, [...issues, ...(parsed.error?.issues ?? [])]);
  return { data: parsed.data, problems: withOlderNames(found, env), misspelt };
}
