import { TwilioError } from './errors.ts';

/** Approved content templates, by content SID. A template with a placeholder needs as many variables. */
const TEMPLATES: ReadonlyMap<string, string> = new Map([
  [`HX${'0'.repeat(31)}1`, 'Your answer is ready. Write to us to receive it.'],
  [`HX${'0'.repeat(31)}2`, 'Salam {{1}}, your answer is ready.'],
]);

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** Returns the text of a template. `variables` is the JSON of `ContentVariables`. Throws Twilio's errors. */
export function fillTemplate(sid: string, variables: string | undefined): string {
  const template = TEMPLATES.get(sid);
  if (template === undefined) throw new TwilioError(21655);
  const values = valuesIn(variables);
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new TwilioError(21656);
    return value;
  });
}

function valuesIn(json: string | undefined): ReadonlyMap<string, string> {
  if (json === undefined) return new Map();
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return new Map(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
  } catch {
    // Reported below.
  }
  throw new TwilioError(21656);
}
