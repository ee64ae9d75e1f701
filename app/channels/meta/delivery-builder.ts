import type { Delivery, Message, Notice, Status } from '../../domain/message.ts';
import { readTimestamp } from './envelope.ts';

/** The most updates that a delivery holds (Meta, "Create a webhook endpoint"). */
const MAX_UPDATES = 1_000;
/** Bounds the platform's words among the notices; the names of notices are ours, and few. */
const MAX_DETAILS = 32;

interface Counted {
  readonly notice: Notice;
  count: number;
}

/** Collects what one delivery holds. Notices of one kind are counted, so their number is bounded whatever comes. */
export class DeliveryBuilder {
  readonly messages: Message[] = [];
  readonly statuses: Status[] = [];
  readonly receivedAt: number;
  readonly #notices = new Map<string, Counted>();
  #largestList = 0;

  constructor(receivedAt: number) {
    this.receivedAt = receivedAt;
  }

  /** `detail` is kept only when it looks like a word or code of the platform: nothing that a person wrote passes. */
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

  /** Returns the array under a key: empty when it is absent, and with a notice when it is anything else. */
  list(items: unknown, name: string): readonly unknown[] {
    if (Array.isArray(items)) {
      this.#largestList = Math.max(this.#largestList, items.length);
      return items;
    }
    if (items !== undefined && items !== null) this.notice(`malformed_${name}`);
    return [];
  }

  /** Returns everything, also beyond what a delivery may hold: a message that is left out would be lost. */
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
