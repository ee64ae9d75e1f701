import type { Raw } from './raw.ts';
import type { Condition } from './variable.ts';

/**
 * Why a variable must have a value, as the end of the sentence "it is needed ..."; undefined when it need not. `values`
 * are those in force, defaults included.
 */
export function whyRequired(name: string, condition: Condition | undefined, values: Raw): string | undefined {
  if (condition === undefined) return undefined;
  if (condition === 'always') return 'outside DEPLOYMENT_TYPE=local';
  if ('withAny' in condition) {
    const other = condition.withAny.find((one) => one !== name && values[one] !== undefined);
    return other === undefined ? undefined : `because ${other} is set`;
  }
  return values[condition.when] === condition.is ? `for ${condition.when}=${condition.is}` : undefined;
}
