import type { Message } from './message.ts';
import type { Part } from './part.ts';
import { MAX_TURN_MESSAGES } from './retention.ts';

/**
 * The waiting messages of a conversation, answered together. Its messages do not change once it is open; a correction that is
 * concurrent with the opening may still be included.
 */
export interface Turn {
  readonly id: string;
  /** This attempt, from 1; counted before the work. */
  readonly attempt: number;
  /** By platform time, then arrival; none when the turn was reopened. */
  readonly messages: readonly Message[];
  /** When the newest of them was sent, by the platform's clock; milliseconds since 1970. */
  readonly newestAt: number;
  /** It was finished before, and the platform has reported a part of its reply as failed since. */
  readonly reopened?: true;
  /** Absent until the reply is written. */
  readonly parts?: readonly Part[];
  /** Why it was given up; `parts` are then the apology. */
  readonly gaveUpReason?: string;
}

/** A stored message with its position in the order of arrival. */
export interface Arrived {
  readonly arrival: number;
  /** Absent once it is answered. */
  readonly message: Message | undefined;
}

/** The order in which messages are answered: by platform time, then arrival. */
export function bySentThenArrival(a: Arrived, b: Arrived): number {
  return (a.message?.sentAt ?? 0) - (b.message?.sentAt ?? 0) || a.arrival - b.arrival;
}

/** Returns when the newest of the messages was sent; 0 when there are none. */
function newestOf(messages: readonly Pick<Message, 'sentAt'>[]): number {
  return Math.max(0, ...messages.map(({ sentAt }) => sentAt));
}

/** Returns which of the waiting messages the next turn takes, in order; the others become later turns. */
export function takeForTurn<Stored extends Arrived>(
  waiting: readonly Stored[],
): { readonly taken: readonly Stored[]; readonly left: readonly Stored[]; readonly newestAt: number } {
  const ordered = waiting.toSorted(bySentThenArrival);
  const taken = ordered.slice(0, MAX_TURN_MESSAGES);
  const newestAt = newestOf(taken.flatMap(({ message }) => message ?? []));
  return { taken, left: ordered.slice(MAX_TURN_MESSAGES), newestAt };
}
