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
  if ('allOf' in condition) {
    const reasons = condition.allOf.map((one) => whyRequired(name, one, values));
    return reasons.includes(undefined) ? undefined : reasons.at(-1);
  }
  if ('anyOf' in condition) {
    return condition.anyOf.map((one) => whyRequired(name, one, values)).find((why) => why !== undefined);
  }
  if ('withNone' in condition) {
    const isOther = condition.withNone.some((one) => values[one] !== undefined);
    return isOther ? undefined : `unless ${condition.withNone[0]} is set`;
  }
  if ('withAny' in condition) {
    const other = condition.withAny.find((one) => one !== name && values[one] !== undefined);
    return other === undefined ? undefined : `because ${other} is set`;
  }
  return values[condition.when] === condition.is ? `for ${condition.when}=${condition.is}` : undefined;
}
