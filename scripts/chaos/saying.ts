import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../simulator/simulator.ts';
import { markOf } from './tally.ts';

export interface Crowd {
  readonly conversations: number;
  readonly messagesEach: number;
  /** Over how long the messages are sent. */
  readonly spreadMs: number;
  /** How long the app may be behind: before people write on all the same, and before the rest of the answers is lost. */
  readonly patienceMs: number;
  /** Every fourth message is delivered again so much later, when others have followed and were answered. */
  readonly againAfterMs?: number;
}

/** One reply in ten is longer than one part. */
const LONG_EVERY = 10;
const AGAIN_EVERY = 4;
const FILLER = 'and then, after the prayer, the one who asked sat down and thought about it once more; ';

/**
 * Lets everybody write, and answers what each person said, by phone number. Each person's messages are a second or more
 * apart on the platform's clock, which counts in seconds. Who has two ticks under a message writes the next: on a busy
 * machine one delivery can overtake another by more than the app's window, and nobody could order these.
 */
export async function say(
  simulator: Simulator,
  crowd: Crowd,
  onSaying: (mark: string) => void,
): Promise<Map<string, string[]>> {
  const said = new Map<string, string[]>();
  const ids = new Map<string, string>();
  const isWaiting = (mark: string): boolean => {
    const id = ids.get(mark);
    return id !== undefined && !simulator.hasAcknowledged(id);
  };
  const until = Date.now() + crowd.spreadMs + crowd.patienceMs;
  const apartMs = Math.max(1_000, crowd.spreadMs / crowd.messagesEach);
  const begin = Date.now();
  for (const { conversation, message, afterMs, again } of planOf(crowd)) {
    const lateMs = afterMs - (Date.now() - begin);
    if (lateMs > 5) await sleep(lateMs);
    const person = `1555${1_000_000 + conversation}`;
    const mark = markOf(conversation, message);
    const before = markOf(conversation, message - 1);
    while (isWaiting(before) && Date.now() < until) await sleep(20);
    if (!again) {
      said.set(person, [...(said.get(person) ?? []), mark]);
      onSaying(mark);
    }
    const isLong = (conversation + message) % LONG_EVERY === 0;
    const text = isLong ? `${mark} ${FILLER.repeat(60)}` : `${mark} how is it done?`;
    const id = ids.get(mark);
    const told = { at: begin + message * apartMs, ...(id !== undefined && { id }) };
    ids.set(mark, simulator.say(person, text, told));
  }
  return said;
}

/** Who says what, and when after the beginning. */
function planOf({ conversations, messagesEach, spreadMs, againAfterMs }: Crowd) {
  const first = Array.from({ length: conversations * messagesEach }, (_, index) => {
    const message = Math.floor(index / conversations);
    const conversation = index % conversations;
    const afterMs = ((conversation / conversations + message) / messagesEach) * spreadMs;
    return { conversation, message, afterMs, again: false };
  });
  const again = first
    .filter((_, index) => againAfterMs !== undefined && index % AGAIN_EVERY === 0)
    .map((saying) => ({ ...saying, afterMs: saying.afterMs + (againAfterMs ?? 0), again: true }));
  return [...first, ...again].sort((a, b) => a.afterMs - b.afterMs);
}
