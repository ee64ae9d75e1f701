import type { Accepted } from '../conversation/accept.ts';
import type { Delivery } from '../domain/message.ts';
import { positionOf, turnOf } from '../domain/part.ts';
import type { Tracer } from '../ports/tracer.ts';

/** Traces the content of a stored delivery. `ms`: from the request to now. */
export function traceDelivery(delivery: Delivery, { outcomes }: Accepted, ms: number, tracer: Tracer): void {
  for (const [index, { id, sentAt }] of delivery.messages.entries())
    tracer.step({ name: 'stored', message: id, sentAt, outcome: outcomes[index], ms });
  for (const { key, platformId, progress, code } of delivery.statuses) {
    const sender = key === undefined ? {} : { turn: turnOf(key), part: positionOf(key) };
    tracer.step({ name: 'status', ...sender, platformId, outcome: progress, code });
  }
}
