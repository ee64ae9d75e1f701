/** Of a standard parameter (Parameter Store, "Managing parameter tiers"). */
const LONGEST = 4096;

/** Why Parameter Store, or the application that reads it there, would not take a value; undefined when they would. */
export function unfitValue(value: string): string | undefined {
  if (value.trim() === '') return 'is empty';
  if (value.length > LONGEST) {
    return `has ${value.length.toLocaleString('en')} characters, and Parameter Store takes ${LONGEST.toLocaleString('en')}`;
  }
  // API reference, PutParameter: values cannot refer to other parameters.
  return /\{\{.*\}\}/s.test(value) ? 'contains {{ and }}, which Parameter Store does not take' : undefined;
}
