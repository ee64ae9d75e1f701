import type { RawEnv } from './raw.ts';
import type { Condition } from './variable.ts';

/**
 * Returns why a variable must have a value, as the end of the sentence "it is needed ..."; undefined when it is optional.
 * `values` are the effective ones, with defaults.
 */
export function whyRequired(
  name: string,
  condition: Condition | undefined,
  values: RawEnv,
): string | undefined {
  if (condition === undefined) return undefined;
  if (condition === 'always') return 'outside DEPLOYMENT_TYPE=local';
  if ('withAny' in condition) {
    const other = condition.withAny.find((one) => one !== name && values[one] !== undefined);
    return other === undefined ? undefined : `because ${other} is set`;
  }
  return values[condition.when] === condition.is ? `for ${condition.when}=${condition.is}` : undefined;
}
