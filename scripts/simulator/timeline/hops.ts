import { randomUUID } from 'node:crypto';
import type { HopEntry } from './entries.ts';
import type { Exchange } from './exchange.ts';

const MAX_HOPS = 2_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The newest exchanges, in memory. */
export interface Hops {
  /** Returns the entry of the timeline; its messages are those that the exchange names itself. */
  add(exchange: Exchange): HopEntry;
  find(id: string): Exchange | undefined;
}

/** Keeps at most 2,000 exchanges and 64 MB. */
export function createHops(): Hops {
  const kept = new Map<string, Exchange>();
  let bytes = 0;

  return {
    add(exchange) {
      const id = randomUUID();
      kept.set(id, exchange);
      bytes += bytesOf(exchange);
      for (const [oldest, one] of kept) {
        if (kept.size <= MAX_HOPS && bytes <= MAX_BODY_BYTES) break;
        kept.delete(oldest);
        bytes -= bytesOf(one);
      }
      const { kind, at, ms, method, url, response, failure, attempt, fault, resent, about } = exchange;
      return {
        ...{ type: 'hop', id, at, ms, kind, method, url, status: response?.status, failure },
        ...{ attempt, fault, resent, messages: [...new Set(about.messages)] },
      };
    },
    find: (id) => kept.get(id),
  };
}

function bytesOf({ request, response }: Exchange): number {
  return request.body.size + (response?.body.size ?? 0);
}
