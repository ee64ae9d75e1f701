import PQueue from 'p-queue';
import type { ConversationId } from '../domain/conversation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';

interface InlineQueueOptions {
  /** Works on a conversation. Resolves to the time of its next wake-up, if it needs one. Never rejects. */
  readonly work: (conversation: ConversationId, signal: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
  /** Maximum number of conversations in process; the others are queued. */
  readonly concurrency: number;
  /** How long `close` waits for running turns before it stops them. */
  readonly graceMs: number;
}

/**
 * The queue inside this process: one turn at a time per conversation, several conversations concurrently. Its wake-ups
 * are lost when the process ends; the sweep finds the work again in the store.
 */
export function createInlineQueue({ work, clock, concurrency, graceMs }: InlineQueueOptions): Queue {
  const entries = new Map<ConversationId, Entry>();
  const running = new PQueue({ concurrency });
  const stop = new AbortController();
  let closed = false;

  interface Entry {
    timer?: NodeJS.Timeout;
    dueAt: number;
    /** Waits for a free slot. */
    queued: boolean;
    busy: boolean;
  }

  function schedule(conversation: ConversationId, dueAt: number): void {
    if (closed) return;
    const entry = entries.get(conversation) ?? { dueAt: Infinity, queued: false, busy: false };
    entries.set(conversation, entry);
    if (dueAt >= entry.dueAt) return;
    entry.dueAt = dueAt;
    if (!entry.busy && !entry.queued) start(conversation, entry);
  }

  function start(conversation: ConversationId, entry: Entry): void {
    clearTimeout(entry.timer);
    const delayMs = Math.max(0, entry.dueAt - clock.now());
    entry.timer = setTimeout(() => {
      entry.queued = true;
      void running.add(() => run(conversation, entry));
    }, delayMs);
  }

  async function run(conversation: ConversationId, entry: Entry): Promise<void> {
    entry.queued = false;
    entry.busy = true;
    entry.dueAt = Infinity;
    const again = await work(conversation, stop.signal);
    entry.busy = false;
    if (again !== undefined) entry.dueAt = Math.min(entry.dueAt, again);
    if (entry.dueAt === Infinity || closed) entries.delete(conversation);
    else start(conversation, entry);
  }

  return {
    async wake(conversation, delayMs) {
      schedule(conversation, clock.now() + delayMs);
    },

    async ready() {},

    /** Resolves soon after `graceMs`: turns that still run then are stopped and release their conversations. */
    async close() {
      closed = true;
      running.clear();
      for (const entry of entries.values()) clearTimeout(entry.timer);
      const grace = setTimeout(() => stop.abort(new Error('the process is shutting down')), graceMs);
      await running.onIdle();
      clearTimeout(grace);
    },
  };
}
