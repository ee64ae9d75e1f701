/**
 * Secrets in the JSON objects that Secrets Manager keeps for the senders of one company: `{"ai_api_key"}` for OpenAI,
 * `{"twilio_account_sid","twilio_auth_token"}` for Twilio.
 */
import { z } from 'zod';
import { parseJson } from '../json.ts';
import type { RawEnv } from './raw.ts';

/** The variables whose value may be an object: its fields, and the variable that each one sets. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OPENAI_API_KEY: { ai_api_key: 'OPENAI_API_KEY' },
  TWILIO_AUTH_TOKEN: { twilio_auth_token: 'TWILIO_AUTH_TOKEN', twilio_account_sid: 'TWILIO_ACCOUNT_SID' },
};

/** What is wrong with a variable, as the end of a sentence that begins with its name. Contains no value. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Returns the variables with what their objects hold. A variable without an object is returned as it is. */
export function unpackSecrets(env: RawEnv): { readonly values: RawEnv; readonly issues: readonly Issue[] } {
  const values = { ...env };
  const issues: Issue[] = [];
  for (const variable of Object.keys(SHAPES)) {
    const held = heldIn(variable, env[variable]);
    if (typeof held === 'string') issues.push({ path: [variable], message: held });
    else Object.assign(values, held);
    for (const [name, value] of Object.entries(typeof held === 'string' ? {} : held)) {
      if (name !== variable && env[name] !== undefined && env[name].trim() !== value)
        issues.push({ path: [name], message: `is another one than in ${variable}, which holds one too` });
    }
  }
  return { values, issues };
}

/** Returns the values by variable; none for a value that is no object; what is wrong with an object, without its values. */
export function heldIn(
  variable: string,
  value: string | undefined,
): Readonly<Record<string, string>> | string {
  const fields = SHAPES[variable];
  // No key or token of theirs begins with a brace.
  if (fields === undefined || value === undefined || !value.trim().startsWith('{')) return {};
  const object = z.record(z.string(), z.unknown()).safeParse(parseJson(value)).data;
  const names = Object.keys(fields);
  if (object === undefined) return `begins with { and is no JSON object with ${names.join(' and ')}`;
  const texts = names.map((field) => z.string().trim().min(1).safeParse(object[field]).data);
  const absent = names.filter((_, index) => texts[index] === undefined);
  if (absent.length > 0) return `is a JSON object without text in ${absent.join(' and ')}`;
  return Object.fromEntries(names.map((field, index) => [fields[field] ?? '', texts[index] ?? '']));
}
