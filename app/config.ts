/**
 * The only reader of the environment. Everything else takes values.
 */
import { arrange } from './config/arrange.ts';
import type { Config } from './config/config.ts';
import { contradictions, problemsOf, warningsOf } from './config/problems.ts';
import { ENVIRONMENT } from './config/variables.ts';
import { misspeltNames, untrimmedValues, withDefaults, writtenValues } from './config/written.ts';

export type { Config, StoreConfig } from './config/config.ts';
export { VARIABLES, type Variable } from './config/variables.ts';

/** The environment cannot be used. `problems` names every variable that is wrong and what to set it to. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Throws `ConfigError` with every problem at once. An empty value counts as none. No secret is ever repeated. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const written = writtenValues(env);
  const filled = withDefaults(written);
  const misspelt = misspeltNames(env, written);

  const parsed = ENVIRONMENT.safeParse(filled);
  const problems = problemsOf(filled, untrimmedValues(env), misspelt, parsed.error?.issues ?? []);
  if (!parsed.success) throw new ConfigError(problems);
  problems.push(...contradictions(parsed.data));
  if (problems.length > 0) throw new ConfigError(problems);

  return arrange(parsed.data, warningsOf(misspelt));
}
