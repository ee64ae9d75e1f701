/** Calls of the Graph API by a command: read fields, follow pages, change something. */
import { z } from 'zod';
import { systemClock as clock } from '../../app/clock.ts';
import { Unavailable } from '../../app/domain/errors.ts';
import { createHttpClient, type HttpRequest } from '../../app/http-client/client.ts';
import { parseJson } from '../../app/json.ts';
import { CommandError } from '../errors.ts';
import { GraphRefusal, refusalOf } from './refusals.ts';

export interface GraphOptions {
  /** With the version. */
  readonly url: string;
  readonly token: string;
  /** Other secrets that no message may hold. */
  readonly secrets?: readonly string[];
}

type Query = Readonly<Record<string, string>>;

export interface Graph {
  /** Each rejects with `GraphRefusal`, or with `CommandError` when Meta cannot be reached or its response is unknown. */
  get<T>(path: string, shape: z.ZodType<T>, query?: Query): Promise<T>;
  /** Resolves to the fields that this version has. */
  fields<T>(path: string, names: readonly string[], shape: z.ZodType<T>): Promise<T>;
  /** Resolves to the items of all pages, at most `MAX_PAGES`, and whether there are more. */
  list<T>(path: string, item: z.ZodType<T>, fields?: readonly string[]): Promise<Listed<T>>;
  post(path: string, json?: object): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

const MAX_PAGES = 40;
/** A number has about 1 KB; a response may have 64. */
const PAGE_SIZE = 25;

/** The documentation has `true`, and for subscriptions of an app the text. */
const successBody = z.object({ success: z.union([z.literal(true), z.literal('true')]) });
const paging = z
  .object({ next: z.string().optional(), cursors: z.object({ after: z.string() }).optional() })
  .optional();

export function graphOf({ url, token, secrets = [] }: GraphOptions): Graph {
  const client = createHttpClient({
    name: 'Meta',
    url,
    clock,
    headers: { authorization: `Bearer ${token}` },
  });

  async function call<T>(request: HttpRequest, shape: z.ZodType<T>): Promise<T> {
    const response = await reached(client(request), url);
    const text = await reached(response.text(), url);
    const { status, retryAfterMs } = response;
    const body = parseJson(text);
    const parsed = shape.safeParse(body);
    if (status === 200 && parsed.success) return parsed.data;
    if (status !== 200 || refusesInside(body))
      throw refusalOf({ status, retryAfterMs, body, secrets: [token, ...secrets] });
    throw new CommandError(
      `Meta's response to ${request.method} ${request.path} has an unknown form: is META_API_VERSION newer than this command?`,
    );
  }

  const get = <T>(path: string, shape: z.ZodType<T>, query?: Query) =>
    call({ method: 'GET', path: `/${path}`, ...(query && { query }) }, shape);

  return {
    get,
    fields: (path, names, shape) => offered(names, (fields) => get(path, shape, { fields })),
    async list(path, item, names) {
      const shape = z.object({ data: z.array(item), paging });
      const items: z.infer<typeof item>[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const query = { limit: String(PAGE_SIZE), ...(after !== undefined && { after }) };
        const read = (more: Query) => get(path, shape, { ...query, ...more });
        const found =
          names === undefined ? await read({}) : await offered(names, (fields) => read({ fields }));
        items.push(...found.data);
        // The last page has cursors too, and no `next` (Graph API, "Paginated results").
        const next = found.paging?.next === undefined ? undefined : found.paging.cursors?.after;
        if (next === undefined || next === after) return { items, hasMore: false };
        after = next;
      }
      return { items, hasMore: true };
    },
    post: async (path, json) =>
      void (await call({ method: 'POST', path: `/${path}`, ...(json && { json }) }, successBody)),
    remove: async (path) => void (await call({ method: 'DELETE', path: `/${path}` }, successBody)),
  };
}

/** Asks again without each field that Graph says the object does not have. */
async function offered<T>(names: readonly string[], ask: (fields: string) => Promise<T>): Promise<T> {
  let asked = names;
  for (;;) {
    try {
      return await ask(asked.join(','));
    } catch (error) {
      const unknown = error instanceof GraphRefusal ? error.unknownField : undefined;
      if (unknown === undefined || !asked.includes(unknown)) throw error;
      asked = asked.filter((name) => name !== unknown);
    }
  }
}

/** The client's failures hold no URL, which may have a token in its query. */
async function reached<T>(promise: Promise<T>, url: string): Promise<T> {
  return promise.catch((error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    const detail = error.code === undefined ? '' : ` (${error.code})`;
    const advice = `Check the network, proxies and META_API_URL: curl -sS ${new URL(url).origin}`;
    throw new CommandError(`${error.message}${detail}. ${advice}`, { cause: error });
  });
}

function refusesInside(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'error' in body;
}
