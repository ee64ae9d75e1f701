/** Of a standard parameter (Parameter Store, "Managing parameter tiers"). */
const MAX_CHARACTERS = 4096;

/** Why Parameter Store, or the application that reads it there, would not take a value; undefined when they would. */
export function valueProblem(value: string): string | undefined {
  if (value.trim() === '') return 'is empty';
  if (value.length > MAX_CHARACTERS) {
    return `has ${value.length.toLocaleString('en')} characters, and Parameter Store takes ${MAX_CHARACTERS.toLocaleString('en')}`;
  }
  // API reference, PutParameter: values cannot refer to other parameters.
  return /\{\{.*\}\}/s.test(value) ? 'contains {{ and }}, which Parameter Store does not take' : undefined;
}
