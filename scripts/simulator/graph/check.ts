import { GraphError, invalid, missing } from './errors.ts';

export type Json = Record<string, unknown>;

/** Clients write null for what they leave out. */
function given(parent: Json, name: string): unknown {
  return parent[name] ?? undefined;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `name`; `path` is how a complaint calls the parent. Undefined when it is absent. */
export function maybeObject(parent: Json, name: string, path = ''): Json | undefined {
  const value = given(parent, name);
  if (value === undefined || isJson(value)) return value;
  throw invalid(`${at(path, name)} must be an object`);
}

export function object(parent: Json, name: string, path = ''): Json {
  const value = maybeObject(parent, name, path);
  if (value === undefined) throw missing(`${at(path, name)} is missing`);
  return value;
}

interface Length {
  readonly most: number;
  /** How Meta calls it in a complaint about its length. */
  readonly called?: string;
}

/** Text of 1 to `most` characters (UTF-16 units). Undefined when it is absent. */
export function maybeText(
  parent: Json,
  name: string,
  path: string,
  { most, called }: Length,
): string | undefined {
  const value = given(parent, name);
  if (value === undefined) return undefined;
  const shown = called ?? at(path, name);
  if (typeof value !== 'string') throw invalid(`${at(path, name)} must be a string`);
  if (value.trim() === '' || value.length > most)
    throw invalid(`${shown} length invalid. Min length: 1, Max length: ${most}`);
  return value;
}

export function text(parent: Json, name: string, path: string, length: Length): string {
  const value = maybeText(parent, name, path, length);
  if (value === undefined) throw missing(`${at(path, name)} is missing`);
  return value;
}

/** Like `maybeText`, with the complaint that Graph has about the words of a message: code 100. */
export function words(parent: Json, name: string, path: string, most: number): string | undefined {
  const value = given(parent, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(`${at(path, name)} must be a string`);
  if (value.length <= most) return value;
  throw new GraphError(100, { message: `Param ${at(path, name)} must be at most ${most} characters long.` });
}

/** A list of `least` to `most` objects. */
export function objects(
  parent: Json,
  name: string,
  path: string,
  [least, most]: readonly [number, number],
): Json[] {
  const value = given(parent, name);
  if (value === undefined) throw missing(`${at(path, name)} is missing`);
  if (!Array.isArray(value) || !value.every(isJson))
    throw invalid(`${at(path, name)} must be a list of objects`);
  if (value.length < least || value.length > most)
    throw invalid(`Invalid ${name} count. Min allowed ${name}: ${least}, Max allowed ${name}: ${most}`);
  return value;
}

/** Each id once. */
export function distinct(ids: readonly string[], what: string): void {
  if (new Set(ids).size < ids.length) throw invalid(`Duplicated ${what} id`);
}

/** An address that a phone could open. */
export function address(parent: Json, name: string, path: string): string {
  const value = text(parent, name, path, { most: 2_000 });
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw invalid(`${at(path, name)} is not a valid URI`);
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}['${name}']`;
}
