import type { HopKind } from './entries.ts';
import type { KeptBody } from './kept-body.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

/** What an exchange is about, as far as it says so itself. */
export interface About {
  /** Ids of messages of people and of replies. */
  readonly messages: readonly string[];
  /** Phone numbers and user ids. */
  readonly people: readonly string[];
  /** The keys of parts: the id of a turn, and a position. */
  readonly keys: readonly string[];
}

export const ABOUT_NOTHING: About = { messages: [], people: [], keys: [] };

/** One HTTP exchange that has ended, in both directions. */
export interface Exchange {
  readonly kind: HopKind;
  /** When it began; milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly method: string;
  readonly url: string;
  readonly request: { readonly headers: Headers; readonly body: KeptBody };
  readonly response?:
    | { readonly status: number; readonly headers: Headers; readonly body: KeptBody }
    | undefined;
  readonly failure?: string | undefined;
  readonly attempt?: number | undefined;
  readonly fault?: string | undefined;
  readonly resent?: true | undefined;
  readonly about: About;
  /** Of the request's `traceparent`. */
  readonly traceId?: string | undefined;
}

/** Returns the pairs of Node's flat list of names and values. */
export function headersOf(raw: readonly string[]): Headers {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? ''] as const] : [],
  );
}

export function headerOf(headers: Headers, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
