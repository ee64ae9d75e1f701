import PQueue from 'p-queue';
import type { ConversationId } from '../domain/conversation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';

interface InlineQueueOptions {
  /** Looks at a conversation; answers when to look again, if anybody should. Never throws. */
  readonly look: (conversation: ConversationId, stop: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
  /** Conversations looked at side by side. The rest wait their turn. */
  readonly concurrency: number;
  /** How long `close` lets running turns go on before it tells them to stop. */
  readonly graceMs: number;
}

/**
 * The queue inside this process: one look at a time per conversation, several conversations at once. What it holds is
 * lost with the process; the sweep finds the work again in the store.
 */
export function createInlineQueue({ look, clock, concurrency, graceMs }: InlineQueueOptions): Queue {
  const lanes = new Map<ConversationId, Lane>();
  const running = new PQueue({ concurrency });
  const stop = new AbortController();
  let closed = false;

  interface Lane {
    timer?: NodeJS.Timeout;
    dueAt: number;
    /** Waits for a free place among the running ones. */
    queued: boolean;
    busy: boolean;
  }

  function arrange(conversation: ConversationId, dueAt: number): void {
    if (closed) return;
    const lane = lanes.get(conversation) ?? { dueAt: Infinity, queued: false, busy: false };
    lanes.set(conversation, lane);
    if (dueAt >= lane.dueAt) return;
    lane.dueAt = dueAt;
    if (!lane.busy && !lane.queued) start(conversation, lane);
  }

  function start(conversation: ConversationId, lane: Lane): void {
    clearTimeout(lane.timer);
    const delayMs = Math.max(0, lane.dueAt - clock.now());
    lane.timer = setTimeout(() => {
      lane.queued = true;
      void running.add(() => run(conversation, lane));
    }, delayMs);
  }

  async function run(conversation: ConversationId, lane: Lane): Promise<void> {
    lane.queued = false;
    lane.busy = true;
    lane.dueAt = Infinity;
    const again = await look(conversation, stop.signal);
    lane.busy = false;
    if (again !== undefined) lane.dueAt = Math.min(lane.dueAt, again);
    if (lane.dueAt === Infinity || closed) lanes.delete(conversation);
    else start(conversation, lane);
  }

  return {
    async wake(conversation, delayMs) {
      arrange(conversation, clock.now() + delayMs);
    },

    async ready() {},

    /** Ends within a moment of `graceMs`: turns that still run are told to stop and give their work back. */
    async close() {
      closed = true;
      running.clear();
      for (const lane of lanes.values()) clearTimeout(lane.timer);
      const hurry = setTimeout(() => stop.abort(new Error('the process is leaving')), graceMs);
      await running.onIdle();
      clearTimeout(hurry);
    },
  };
}
