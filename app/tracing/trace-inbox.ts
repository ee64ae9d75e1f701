import { positionOf, turnOf } from '../domain/part.ts';
import type { Inbox } from '../ports/store.ts';
import type { Tracer } from '../ports/tracer.ts';

interface TraceOptions {
  readonly tracer: Tracer;
  readonly now: () => number;
}

/** Returns the inbox with a step for each message and each status that is stored. */
export function traceInbox(store: Inbox, { tracer, now }: TraceOptions): Inbox {
  return {
    async accept(messages) {
      const startedAt = now();
      const acceptances = await store.accept(messages);
      const ms = now() - startedAt;
      for (const [index, { outcome, conversation }] of acceptances.entries()) {
        const { id, sentAt } = messages[index] ?? {};
        tracer.step({ name: 'stored', conversation, message: id, sentAt, outcome, ms });
      }
      return acceptances;
    },
    async recordStatuses(statuses) {
      const recorded = await store.recordStatuses(statuses);
      for (const { key, platformId, progress, code } of statuses) {
        const sender = key === undefined ? {} : { turn: turnOf(key), part: positionOf(key) };
        tracer.step({ name: 'status', ...sender, platformId, outcome: progress, code });
      }
      return recorded;
    },
  };
}
