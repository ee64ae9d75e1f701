import { GraphError, invalid, missing } from './errors.ts';

export type Json = Record<string, unknown>;

/** Clients send null for a field that they leave out. */
function fieldOf(parent: Json, name: string): unknown {
  return parent[name] ?? undefined;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object at `name`; undefined when it is absent. `path` names the parent in error messages. */
export function maybeObject(parent: Json, name: string, path = ''): Json | undefined {
  const value = fieldOf(parent, name);
  if (value === undefined || isJson(value)) return value;
  throw invalid(`${at(path, name)} must be an object`);
}

export function object(parent: Json, name: string, path = ''): Json {
  const value = maybeObject(parent, name, path);
  if (value === undefined) throw missing(`${at(path, name)} is missing`);
  return value;
}

interface Length {
  readonly max: number;
  /** Meta's name of the field in its error about the length. */
  readonly called?: string;
}

/** Returns the text at `name`, of 1 to `max` UTF-16 units; undefined when it is absent. */
export function maybeText(
  parent: Json,
  name: string,
  path: string,
  { max, called }: Length,
): string | undefined {
  const value = fieldOf(parent, name);
  if (value === undefined) return undefined;
  const shown = called ?? at(path, name);
  if (typeof value !== 'string') throw invalid(`${at(path, name)} must be a string`);
  if (value.trim() === '' || value.length > max)
    throw invalid(`${shown} length invalid. Min length: 1, Max length: ${max}`);
  return value;
}

export function text(parent: Json, name: string, path: string, length: Length): string {
  const value = maybeText(parent, name, path, length);
  if (value === undefined) throw missing(`${at(path, name)} is missing`);
  return value;
}

/** Like `maybeText`, with the error that Graph returns for the text of a message: code 100. */
export function messageText(parent: Json, name: string, path: string, max: number): string | undefined {
  const value = fieldOf(parent, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(`${at(path, name)} must be a string`);
  if (value.length <= max) return value;
  throw new GraphError(100, { message: `Param ${at(path, name)} must be at most ${max} characters long.` });
}

/** Returns the list at `name`, of `min` to `max` objects. */
export function objects(
  parent: Json,
  name: string,
  path: string,
  [min, max]: readonly [number, number],
): Json[] {
  const value = fieldOf(parent, name);
  if (value === undefined) throw missing(`${at(path, name)} is missing`);
  if (!Array.isArray(value) || !value.every(isJson))
    throw invalid(`${at(path, name)} must be a list of objects`);
  if (value.length < min || value.length > max)
    throw invalid(`Invalid ${name} count. Min allowed ${name}: ${min}, Max allowed ${name}: ${max}`);
  return value;
}

/** Throws when an id occurs twice. */
export function distinct(ids: readonly string[], what: string): void {
  if (new Set(ids).size < ids.length) throw invalid(`Duplicated ${what} id`);
}

/** Returns the http or https URL at `name`. */
export function address(parent: Json, name: string, path: string): string {
  const value = text(parent, name, path, { max: 2_000 });
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw invalid(`${at(path, name)} is not a valid URI`);
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}['${name}']`;
}
