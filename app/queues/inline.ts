import { type BusinessId, businessOf } from '../domain/business.ts';
import type { ConversationId } from '../domain/conversation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import { FairSlots } from './fair-slots.ts';

interface InlineQueueOptions {
  /** Works on a conversation. Resolves to the time of its next wake-up, if it needs one. Never rejects. */
  readonly work: (conversation: ConversationId, signal: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
  /** Maximum number of conversations in process; the others are queued. */
  readonly concurrency: number;
  /** How many of these only a business gets that has no conversation in process. Default: none. */
  readonly reserved?: number;
  /** Returns the maximum number of conversations of one business in process. Default: all. */
  readonly maxOf?: (business: BusinessId) => number;
  /** Called when the work of a wake-up begins, with the time since it was due. */
  readonly started?: (lateMs: number) => void;
  /** How long `close` waits for running turns before it stops them. */
  readonly graceMs: number;
}

interface Entry {
  readonly conversation: ConversationId;
  timer?: NodeJS.Timeout;
  dueAt: number;
  /** Waits for a free slot. */
  queued: boolean;
  busy: boolean;
}

/**
 * The queue inside this process: one turn at a time per conversation, several conversations concurrently, and the slots
 * divided fairly between the businesses. Its wake-ups are lost when the process ends; the sweep finds the work again in the
 * store.
 */
export function createInlineQueue(options: InlineQueueOptions): Queue {
  const { work, clock, concurrency, reserved = 0, maxOf = () => concurrency, started, graceMs } = options;
  const entries = new Map<ConversationId, Entry>();
  const slots = new FairSlots<Entry>({ slots: concurrency, reserved, maxOf });
  const stop = new AbortController();
  const idle = Promise.withResolvers<void>();
  let closed = false;

  function schedule(conversation: ConversationId, dueAt: number): void {
    if (closed) return;
    const entry = entries.get(conversation) ?? { conversation, dueAt: Infinity, queued: false, busy: false };
    entries.set(conversation, entry);
    if (dueAt >= entry.dueAt) return;
    entry.dueAt = dueAt;
    if (!entry.busy && !entry.queued) setTimer(entry);
  }

  function setTimer(entry: Entry): void {
    clearTimeout(entry.timer);
    const delayMs = Math.max(0, entry.dueAt - clock.now());
    entry.timer = setTimeout(() => {
      entry.queued = true;
      slots.add(businessOf(entry.conversation), entry);
      startNext();
    }, delayMs);
  }

  function startNext(): void {
    while (!closed) {
      const entry = slots.start();
      if (entry === undefined) return;
      void run(entry);
    }
  }

  async function run(entry: Entry): Promise<void> {
    const { conversation } = entry;
    entry.queued = false;
    entry.busy = true;
    started?.(Math.max(0, clock.now() - entry.dueAt));
    entry.dueAt = Infinity;
    const again = await work(conversation, stop.signal);
    entry.busy = false;
    if (again !== undefined) entry.dueAt = Math.min(entry.dueAt, again);
    if (entry.dueAt === Infinity || closed) entries.delete(conversation);
    else setTimer(entry);
    slots.end(businessOf(conversation));
    startNext();
    if (closed && slots.running === 0) idle.resolve();
  }

  return {
    async wake(conversation, delayMs) {
      schedule(conversation, clock.now() + delayMs);
    },

    async ready() {},

    /** Resolves soon after `graceMs`: turns that still run then are stopped and release their conversations. */
    async close() {
      closed = true;
      for (const { timer } of entries.values()) clearTimeout(timer);
      const grace = setTimeout(() => stop.abort(new Error('the process is shutting down')), graceMs);
      if (slots.running > 0) await idle.promise;
      clearTimeout(grace);
    },
  };
}
