import type { z } from 'zod';

/** Texts of FastAPI, pydantic and Python: ansari-backend's error details are their `str()`. */

/** Returns a time as `datetime.isoformat()` does in UTC, with MongoDB's precision. */
export function isoformat(at: number): string {
  return new Date(at).toISOString().replace('.000Z', '+00:00').replace('Z', '000+00:00');
}

/** Returns the `str()` of the errors of a RequestValidationError. */
export function validationDetail(
  where: 'body' | 'query',
  { issues }: Pick<z.ZodError, 'issues'>,
  input: unknown,
): string {
  const errors = issues.map(({ path }) => {
    const field = path[0];
    if (field === undefined) return input === undefined ? missing([where], null) : notAnObject(where, input);
    const value: unknown = Object(input)[field];
    if (value === undefined) return missing([where, String(field)], where === 'query' ? null : input);
    const msg = 'Input should be a valid string';
    return error('string_type', [where, String(field)], msg, value);
  });
  return `[${errors.join(', ')}]`;
}

export const KEY_MISSING = `[${missing(['header', 'x-whatsapp-api-key'], null)}]`;

export const NOT_JSON = `[${error('json_invalid', ['body', 0], 'JSON decode error', {})}]`;

function missing(loc: readonly string[], input: unknown): string {
  return error('missing', loc, 'Field required', input);
}

function notAnObject(where: string, input: unknown): string {
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  return error('model_attributes_type', [where], msg, input);
}

function error(type: string, loc: readonly (string | number)[], msg: string, input: unknown): string {
  const location = `(${loc.map(repr).join(', ')}${loc.length === 1 ? ',' : ''})`;
  return `{'type': ${repr(type)}, 'loc': ${location}, 'msg': ${repr(msg)}, 'input': ${repr(input)}}`;
}

/** Returns the `repr()` of a JSON value. */
function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${quoted(key)}: ${repr(entry)}`)
    .join(', ')}}`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}
