import { parseJson } from '../json.ts';

export interface ClosedObject {
  readonly value: object;
  /** The key whose string was cut; undefined when all strings are complete. */
  readonly cutKey: string | undefined;
}

/**
 * Returns the object of a JSON text that breaks off, with what it holds so far: in the middle of a string (an escape or a
 * character that is not complete is left out), or after it. Undefined when the text is no beginning of an object.
 */
export function closedObject(text: string): ClosedObject | undefined {
  // An odd number of backslashes, or the beginning of `\u1234`, is an escape that is not complete.
  for (const inString of [text, text.replace(/\\(?:u[\da-f]{0,3})?$/i, '')]) {
    const value = objectIn(`${inString}"}`);
    if (value !== undefined) return withoutHalfPair(value);
  }
  const end = text.trimEnd();
  // After the last comma: a key or a literal that is not complete.
  for (const complete of [end, end.slice(0, Math.max(0, end.lastIndexOf(',')))]) {
    const value = objectIn(`${complete}}`);
    if (value !== undefined) return { value, cutKey: undefined };
  }
  return undefined;
}

/** The last string may end with the first half of a surrogate pair. */
function withoutHalfPair(value: object): ClosedObject {
  const [cutKey, cut]: readonly [string, unknown] = Object.entries(value).at(-1) ?? ['', undefined];
  if (typeof cut !== 'string') return { value, cutKey };
  return { value: { ...value, [cutKey]: cut.replace(/[\ud800-\udbff]$/, '') }, cutKey };
}

function objectIn(json: string): object | undefined {
  const value = parseJson(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
