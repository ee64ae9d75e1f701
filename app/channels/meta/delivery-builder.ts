import type { DeliveredMessage, DeliveredStatus, Delivery, Notice } from '../../domain/message.ts';
import { readTimestamp } from './envelope.ts';

/** Meta's limit of updates in a delivery ("Create a webhook endpoint"). */
const MAX_UPDATES = 1_000;
/** Limits the notices with a platform's word; the names of notices are a small fixed set. */
const MAX_DETAILS = 32;

interface Counted {
  readonly notice: Notice;
  count: number;
}

/** Collects the content of one delivery. Equal notices are counted, so that their number is bounded for any input. */
export class DeliveryBuilder {
  readonly messages: DeliveredMessage[] = [];
  readonly statuses: DeliveredStatus[] = [];
  readonly receivedAt: number;
  readonly #notices = new Map<string, Counted>();
  #largestList = 0;

  constructor(receivedAt: number) {
    this.receivedAt = receivedAt;
  }

  /** `detail` is dropped unless it looks like a word or code of the platform: no text of a person may pass. */
  notice(what: string, detail?: unknown, routine?: true): void {
    const word = typeof detail === 'string' && /^\w+$/.test(detail) ? detail.slice(0, 64) : undefined;
    const known = this.#notices.get(`${what} ${word}`);
    if (known !== undefined) known.count += 1;
    else if (word !== undefined && this.#notices.size >= MAX_DETAILS) this.notice(what, undefined, routine);
    else {
      const notice = { what, ...(word !== undefined && { detail: word }), ...(routine && { routine }) };
      this.#notices.set(`${what} ${word}`, { notice, count: 1 });
    }
  }

  time(timestamp: unknown): number {
    const time = readTimestamp(timestamp, this.receivedAt);
    if (time === undefined) this.notice('no_timestamp');
    return time ?? this.receivedAt;
  }

  /** Returns the array under a key; an empty one if it is absent, with a notice if it is anything else. */
  list(items: unknown, name: string): readonly unknown[] {
    if (Array.isArray(items)) {
      this.#largestList = Math.max(this.#largestList, items.length);
      return items;
    }
    if (items !== undefined && items !== null) this.notice(`malformed_${name}`);
    return [];
  }

  /** Returns everything, also above Meta's limit: a dropped message would be lost. */
  delivery(): Delivery {
    const { messages, statuses } = this;
    const updates = Math.max(this.#largestList, messages.length + statuses.length);
    if (updates > MAX_UPDATES) this.notice('too_many');
    return { messages, statuses, notices: [...this.#notices.values()].map(asNotice) };
  }
}

function asNotice({ notice, count }: Counted): Notice {
  return count === 1 ? notice : { ...notice, count };
}
