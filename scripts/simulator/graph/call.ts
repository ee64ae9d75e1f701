import type { Context } from 'koa';
import { readParameters } from '../http/body.ts';
import { isJson, type Json } from './check.ts';
import { GraphError, invalid } from './errors.ts';

/** One call of the Graph API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The object's id or name, and what is asked of it. */
  readonly id: string;
  readonly edge: string;
  readonly query: Json;
  /** Query and body together: Graph takes a parameter from either. */
  readonly parameters: () => Promise<Json>;
  readonly ctx: Context;
}

/** Answers a call; undefined when the object does not do this. */
export type Answer = (call: Call) => unknown;

const NEWEST_VERSION = 26;
const OLDEST_VERSION = 21;
const VERSION = /^v[0-9]/;
const METHODS = ['GET', 'POST', 'DELETE'] as const;

/** Throws what Graph answers to a path, version or method that it does not know. */
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
  const asked = /^v([0-9]{1,3})\.0$/.exec(version)?.[1];
  if (asked !== undefined && Number(asked) >= OLDEST_VERSION && Number(asked) <= NEWEST_VERSION) return;
  throw new GraphError(2500, { message: `Unknown path components: /${parts.join('/')}` });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The token of the header or, as Graph takes it too, of the query. */
export function tokenOf({ ctx, query }: Call): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1];
  return bearer ?? (typeof query.access_token === 'string' ? query.access_token : undefined);
}

/**
 * The fields of an object that `fields` names, or its usual ones; the id always. `all` holds every field that the object
 * has: undefined where it is empty. Throws for others.
 */
export function pick(all: Json, usual: readonly string[], { query }: Call, type: string): Json {
  const { fields } = query;
  if (fields !== undefined && typeof fields !== 'string') throw invalid('fields must be one list');
  // `field{sub,fields}` and `field.modifier(value)` name the same field.
  const bare = fields?.replace(/\{[^}]*\}|\.[a-z_]+\([^)]*\)/g, '');
  const names =
    bare === undefined
      ? usual
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

/** A JSON object that a form may carry as text. */
export function nested(value: unknown, name: string): Json | undefined {
  if (value === undefined || isJson(value)) return value;
  try {
    const parsed: unknown = JSON.parse(String(value));
    if (isJson(parsed)) return parsed;
  } catch {
    // Told below.
  }
  throw invalid(`${name} must be an object`);
}
