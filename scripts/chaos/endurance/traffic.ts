import { setTimeout as sleep } from 'node:timers/promises';
import { markOf, marksIn } from '../tally.ts';
import type { Deliveries } from './deliver.ts';
import type { Accepted } from './platform.ts';
import type { Load, Schedule } from './schedule.ts';

const TICK_MS = 10;
const FIRST_PHONE = 15_550_000_000;
/** One text in so many is delivered a second time, when it may be answered. */
const REPEATED_EVERY = 10;
const REPEATED_AFTER_MS = 3_000;
const STATUSES = ['sent', 'delivered', 'read'] as const;

interface Counts {
  readonly texts: number;
  readonly answered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
}

/** What people write and what they get, counted as it comes: nothing is kept of a text but its number. */
export class EnduranceTraffic {
  readonly #deliveries: Deliveries;
  readonly #load: Load;
  readonly #schedule: Schedule;
  /** How often each text was answered, by its place in the order of all texts. */
  readonly #answers: Uint8Array;
  /** The number of the latest text of each person that was answered. */
  readonly #latest: Int32Array;
  readonly #statuses: Deliveries;
  /** The delivery of each person's latest text. */
  readonly #previous = new Map<number, Promise<void>>();
  #texts = 0;
  #sent = 0;
  #reordered = 0;
  /** How many deliveries were open at once. */
  maxOpen = 0;

  /** Statuses have connections of their own: behind messages that wait they would come too late to settle a send. */
  constructor(deliveries: Deliveries, statuses: Deliveries, load: Load, schedule: Schedule) {
    this.#deliveries = deliveries;
    this.#statuses = statuses;
    this.#load = load;
    this.#schedule = schedule;
    this.#answers = new Uint8Array(Math.ceil((schedule.durationMs / 1_000) * schedule.textsPerSecond) + 1);
    this.#latest = new Int32Array(load.conversations).fill(-1);
  }

  /** Open loop: deliveries begin at their times, whatever the app does. Resolves at the end of the schedule or at `signal`. */
  async send(startedAt: number, signal: AbortSignal): Promise<void> {
    const { durationMs } = this.#schedule;
    while (!signal.aborted && performance.now() - startedAt < durationMs) {
      const due = ((performance.now() - startedAt) / 1_000) * this.#load.rate;
      for (; this.#sent < due; this.#sent += 1)
        this.#sendNext(startedAt + (this.#sent * 1_000) / this.#load.rate);
      this.maxOpen = Math.max(this.maxOpen, this.#deliveries.waiting);
      await sleep(TICK_MS);
    }
  }

  onReply = ({ id, person, text, key }: Accepted): void => {
    for (const mark of marksIn(text)) {
      const [conversation = 0, number = 0] = mark.slice(1).split('x').map(Number);
      const place = number * this.#load.conversations + conversation;
      this.#answers[place] = Math.min(255, (this.#answers[place] ?? 0) + 1);
      if (number < (this.#latest[conversation] ?? -1)) this.#reordered += 1;
      this.#latest[conversation] = Math.max(number, this.#latest[conversation] ?? -1);
    }
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const common = { id, timestamp, recipient_id: person, biz_opaque_callback_data: key };
    const statuses = STATUSES.map((status) => ({ ...common, status }));
    void this.#statuses.deliver({ statuses }, performance.now());
  };

  counts(): Counts {
    const answers = this.#answers.subarray(0, this.#texts);
    const answered = answers.reduce((sum, count) => sum + Math.min(1, count), 0);
    return {
      texts: this.#texts,
      answered,
      lost: this.#texts - answered,
      duplicated: answers.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
      reordered: this.#reordered,
    };
  }

  #sendNext(dueAt: number): void {
    const texts = Math.floor(((this.#sent + 1) * this.#schedule.textsPerSecond) / this.#load.rate);
    if (texts > this.#texts) this.#sendText(dueAt);
    else void this.#deliveries.deliver(this.#reaction(), dueAt);
  }

  #sendText(dueAt: number): void {
    const place = this.#texts;
    this.#texts += 1;
    const conversation = place % this.#load.conversations;
    const number = Math.floor(place / this.#load.conversations);
    const body = `${markOf(conversation, number)} how is it done?`;
    const message = messageOf(conversation, `wamid.text-${place}`, { type: 'text', text: { body } });
    // As in `sendTraffic`: no service could order texts of which the later one is delivered first.
    const previous = this.#previous.get(conversation);
    const delivered = previous
      ? previous.then(() => this.#deliveries.deliver(message, dueAt))
      : this.#deliveries.deliver(message, dueAt);
    this.#previous.set(conversation, delivered);
    if (place % REPEATED_EVERY === 0)
      setTimeout(() => void this.#deliveries.deliver(message, performance.now()), REPEATED_AFTER_MS).unref();
  }

  /** Goes through all people, one after the other. It is stored and gets no answer. */
  #reaction(): object {
    const conversation = this.#sent % this.#load.conversations;
    const reaction = { message_id: 'wamid.none', emoji: '👍' };
    return messageOf(conversation, `wamid.reaction-${this.#sent}`, { type: 'reaction', reaction });
  }
}

function messageOf(conversation: number, id: string, content: object): object {
  const phone = String(FIRST_PHONE + conversation);
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    contacts: [{ wa_id: phone, profile: { name: 'A' } }],
    messages: [{ from: phone, id, timestamp, ...content }],
  };
}
