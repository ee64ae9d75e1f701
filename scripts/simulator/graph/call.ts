import type { Context } from 'koa';
import { readParameters } from '../http/body.ts';
import { isJson, type Json } from './check.ts';
import { GraphError, invalid } from './errors.ts';

/** One call of the Graph API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The id or name of the object, then the edge. */
  readonly id: string;
  readonly edge: string;
  readonly query: Json;
  /** Query and body together: Graph takes a parameter from either. */
  readonly parameters: () => Promise<Json>;
  readonly ctx: Context;
}

/** Returns the response body; undefined when the object does not support the call. */
export type Endpoint = (call: Call) => unknown;

const MAX_VERSION = 26;
const MIN_VERSION = 21;
const VERSION = /^v[0-9]/;
const METHODS = ['GET', 'POST', 'DELETE'] as const;

/** Throws Graph's error for an unknown path, version or method. */
export function readCall(ctx: Context): Call {
  const parts = ctx.path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [first = ''] = parts;
  if (VERSION.test(first)) checkVersion(first, parts);
  const [id = '', ...rest] = VERSION.test(first) ? parts.slice(1) : parts;
  const method = METHODS.find((known) => known === ctx.method);
  if (!method) {
    const message = `Unsupported request - method type: ${ctx.method.toLowerCase()}`;
    throw new GraphError(100, { message, type: 'GraphMethodException' });
  }
  if (id === '') throw new GraphError(2500, { message: 'No node specified', type: 'GraphMethodException' });
  const query: Json = { ...ctx.query };
  const parameters = async (): Promise<Json> => ({ ...query, ...(await readParameters(ctx.req)) });
  return { method, id, edge: rest.join('/'), query, parameters, ctx };
}

function checkVersion(version: string, parts: readonly string[]): void {
  const major = /^v([0-9]{1,3})\.0$/.exec(version)?.[1];
  if (major !== undefined && Number(major) >= MIN_VERSION && Number(major) <= MAX_VERSION) return;
  throw new GraphError(2500, { message: `Unknown path components: /${parts.join('/')}` });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Returns the token in the header or, which Graph also accepts, in the query. */
export function tokenOf({ ctx, query }: Call): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1];
  return bearer ?? (typeof query.access_token === 'string' ? query.access_token : undefined);
}

/**
 * Returns the fields that the call asks for in `fields`, or `defaults`, and always the id. `all` holds every field of the
 * object: undefined where it has no value. Throws for other fields.
 */
export function pick(all: Json, defaults: readonly string[], { query }: Call, type: string): Json {
  const { fields } = query;
  if (fields !== undefined && typeof fields !== 'string') throw invalid('fields must be one list');
  // `field{sub,fields}` and `field.modifier(value)` name the same field.
  const bare = fields?.replace(/\{[^}]*\}|\.[a-z_]+\([^)]*\)/g, '');
  const names =
    bare === undefined
      ? defaults
      : bare
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean);
  for (const name of names) {
    if (name in all) continue;
    const message = `Tried accessing nonexisting field (${name.slice(0, 80)}) on node type (${type})`;
    throw new GraphError(100, { message });
  }
  const entries = ['id', ...names].map((name) => [name, all[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Returns a JSON object, which a form carries as text. */
export function nested(value: unknown, name: string): Json | undefined {
  if (value === undefined || isJson(value)) return value;
  try {
    const parsed: unknown = JSON.parse(String(value));
    if (isJson(parsed)) return parsed;
  } catch {
    // Reported below.
  }
  throw invalid(`${name} must be an object`);
}
