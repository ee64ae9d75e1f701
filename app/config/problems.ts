/**
 * The problems of an environment, one sentence each: the variable, what is wrong, what to set.
 */
import type { RawEnv } from './raw.ts';
import { whyRequired } from './required.ts';
import type { Issue } from './secret-shapes.ts';
import type { Variable } from './variable.ts';
import { type Environment, VARIABLES } from './variables.ts';
import { exposureOf, weaknessOf } from './weak-values.ts';

/**
 * Returns the problems in the order of the table, at most one for each variable, without values of secrets. `untrimmed` holds
 * the values with their surrounding white space.
 */
export function problemsOf(
  filled: RawEnv,
  untrimmed: RawEnv,
  misspelt: ReadonlyMap<string, string>,
  issues: readonly Issue[],
): string[] {
  return VARIABLES.map((variable) => {
    const { name } = variable;
    const value = filled[name];
    if (value === undefined) {
      const reason = whyRequired(name, variable.requiredWhen, filled);
      return reason === undefined ? undefined : missing(variable, reason, misspelt.get(name));
    }
    const issue = issues.find(({ path }) => path[0] === name);
    if (issue !== undefined) return wrong(variable, issue.message, value);
    if (isPublished(variable, filled)) return published(variable);
    const weakness = weaknessIn(variable, filled, untrimmed[name]);
    return weakness === undefined ? undefined : wrong(variable, weakness, value);
  }).filter((problem) => problem !== undefined);
}

/** Returns a warning for each name that looks like a misspelt variable. */
export function warningsOf(misspelt: ReadonlyMap<string, string>): string[] {
  return [...misspelt].map(
    ([meant, name]) => `${name} is not a variable of this program: did you mean ${meant}?`,
  );
}

function wrong(variable: Variable, expected: string, value: string): string {
  const shown = value.replace(/:\/\/[^/]*@/, '://…@').slice(0, 100);
  const got = variable.secret !== undefined ? '' : `, got "${shown}"`;
  const otherwise =
    variable.default === undefined ? 'or leave it out' : `or leave it out for ${variable.default}`;
  const remedy = variable.set === undefined ? `Correct it, ${otherwise}` : `Set it to ${variable.set}`;
  return `${variable.name} ${expected}${got}. ${remedy}.`;
}

function missing(variable: Variable, reason: string, misspelt: string | undefined): string {
  const hint = misspelt === undefined ? '' : ` (there is ${misspelt}: did you mean ${variable.name}?)`;
  return `${variable.name} is missing${hint}; it is needed ${reason}. Set it to ${variable.set ?? 'a value'}.`;
}

/** A `local` deployment is reachable from its own machine only, so short values are allowed there. */
function weaknessIn(
  { name, secret }: Variable,
  filled: RawEnv,
  text: string | undefined,
): string | undefined {
  if (filled.DEPLOYMENT_TYPE === 'local' || text === undefined) return undefined;
  return secret === undefined ? exposureOf(name, text) : weaknessOf(name, text);
}

/** The development defaults are public: anyone could sign deliveries with them. */
function isPublished({ name, secret, local }: Variable, filled: RawEnv): boolean {
  if (filled.DEPLOYMENT_TYPE === 'local' || secret === undefined || local === undefined) return false;
  // Also one of several: each of them verifies signatures.
  return (filled[name] ?? '').split(',').some((one) => one.trim() === local);
}

/** Returns the problems of values that are valid alone and invalid together. */
export function contradictions(values: Environment): string[] {
  const problems: string[] = [];
  if (values.QUEUE === 'sqs' && values.STORE === 'memory') {
    problems.push(
      'STORE is memory, which the worker behind QUEUE=sqs cannot see. Set STORE to dynamodb, or QUEUE to inline.',
    );
  }
  if (values.MONGODB_MIN_POOL_SIZE > values.MONGODB_MAX_POOL_SIZE) {
    problems.push('MONGODB_MIN_POOL_SIZE is greater than MONGODB_MAX_POOL_SIZE. Set it to that or to less.');
  }
  return problems;
}

function published({ name, set }: Variable): string {
  return `${name} holds the development default, which is public. Set it to ${set ?? 'a value'}.`;
}
