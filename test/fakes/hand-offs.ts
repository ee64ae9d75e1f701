import { Unavailable } from '#app/domain/errors.ts';
import type { HandOffEvent, HandOffs } from '#app/ports/hand-offs.ts';

/** For a test without hand-offs: an event fails it. */
export const NO_HAND_OFFS: HandOffs = {
  async deliver({ event }) {
    throw new Error(`unexpected ${event}`);
  },
};

export interface RecordedHandOffs extends HandOffs {
  readonly delivered: HandOffEvent[];
  /** How many of the next deliveries fail. */
  failures: number;
}

/** An operator's desk that records what arrives. */
export function recordedHandOffs(): RecordedHandOffs {
  const desk: RecordedHandOffs = {
    delivered: [],
    failures: 0,
    async deliver(event, signal) {
      signal.throwIfAborted();
      if (desk.failures > 0) {
        desk.failures -= 1;
        throw new Unavailable('the desk is closed', { scope: 'app', alarm: 'hand-off-undelivered' });
      }
      desk.delivered.push(event);
    },
  };
  return desk;
}
