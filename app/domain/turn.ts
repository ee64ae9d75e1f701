import type { Message } from './message.ts';
import type { Part } from './part.ts';

/**
 * The waiting messages of a conversation, answered together. Its messages never change once it is opened; a correction at
 * the very moment of the opening may still be seen.
 */
export interface Turn {
  readonly id: string;
  /** This attempt, from 1; counted before the work. */
  readonly attempt: number;
  /** By platform time, then arrival; none when the turn was reopened. */
  readonly messages: readonly Message[];
  /** When the newest of them was sent, by the platform's clock; milliseconds since 1970. */
  readonly newestAt: number;
  /** It was finished before, and the platform reported a part of its reply as failed since. */
  readonly reopened?: true;
  /** Absent until the reply is written. */
  readonly parts?: readonly Part[];
  /** Why it was given up; `parts` are then the apology. */
  readonly buried?: string;
}
