/** Limit of a standard parameter (Parameter Store, "Managing parameter tiers"). */
const MAX_CHARACTERS = 4096;

/** Returns why Parameter Store or the application would reject a value; undefined for a valid one. */
export function valueProblem(value: string): string | undefined {
  if (value.trim() === '') return 'is empty';
  if (value.length > MAX_CHARACTERS) {
    return `has ${value.length.toLocaleString('en')} characters, and Parameter Store allows ${MAX_CHARACTERS.toLocaleString('en')}`;
  }
  // API reference, PutParameter: values cannot refer to other parameters.
  return /\{\{.*\}\}/s.test(value) ? 'contains {{ and }}, which Parameter Store rejects' : undefined;
}
