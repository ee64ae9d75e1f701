import { aboutDelivery } from '../timeline/about.ts';
import { type About, type Exchange, headersOf } from '../timeline/exchange.ts';
import { KeptBody } from '../timeline/kept-body.ts';

/** One attempt of a delivery: with the response of the app, or with the reason why there is none. */
export interface DeliveryAttempt {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly attempt: number;
  readonly fault: string | undefined;
  readonly response?: {
    readonly statusCode: number;
    readonly rawHeaders: readonly string[];
    readonly body: string;
  };
  readonly failure?: string;
}

/** What is kept of a body and what it is about: the same at every attempt, of which there may be hundreds. */
const read = new WeakMap<Buffer, { readonly kept: KeptBody; readonly about: About }>();

/** Returns the attempt as the timeline keeps it. */
export function exchangeOfDelivery({ url, headers, body, response, ...rest }: DeliveryAttempt): Exchange {
  const known = read.get(body) ?? {
    kept: new KeptBody(body),
    about: aboutDelivery(body.toString('utf8'), url),
  };
  read.set(body, known);
  return {
    ...rest,
    ...{ kind: 'delivery', method: 'POST', url, about: known.about },
    request: { headers: Object.entries(headers), body: known.kept },
    response: response && {
      status: response.statusCode,
      headers: headersOf(response.rawHeaders),
      body: new KeptBody(response.body),
    },
  };
}
