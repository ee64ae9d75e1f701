/**
 * What is wrong with an environment, each as a sentence: the variable, what was wrong, what to set.
 */
import type { z } from 'zod';
import type { Raw } from './raw.ts';
import { whyRequired } from './required.ts';
import type { Variable } from './variable.ts';
import { type Environment, VARIABLES } from './variables.ts';
import { exposureOf, weaknessOf } from './weak-values.ts';

/**
 * In the order of the table, at most one for each variable. The value of a secret is in none of them. `untrimmed` holds
 * what was set with the white space around it.
 */
export function problemsOf(
  filled: Raw,
  untrimmed: Raw,
  misspelt: ReadonlyMap<string, string>,
  issues: readonly z.core.$ZodIssue[],
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

/** Names in the environment that look like misspelt ones of ours. */
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

/** Nothing but this machine reaches a `local` one, so that short values for trying things out are welcome there. */
function weaknessIn({ name, secret }: Variable, filled: Raw, text: string | undefined): string | undefined {
  if (filled.DEPLOYMENT_TYPE === 'local' || text === undefined) return undefined;
  return secret === undefined ? exposureOf(name, text) : weaknessOf(name, text);
}

/** The development defaults are printed in the documentation: whoever knows them could sign deliveries. */
function isPublished({ name, secret, local }: Variable, filled: Raw): boolean {
  if (filled.DEPLOYMENT_TYPE === 'local' || secret === undefined || local === undefined) return false;
  // Among several it opens the door as well as alone.
  return (filled[name] ?? '').split(',').some((one) => one.trim() === local);
}

/** Values that are right alone and wrong together. */
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
  return `${name} holds the development default, which everybody can read. Set it to ${set ?? 'a value'}.`;
}
