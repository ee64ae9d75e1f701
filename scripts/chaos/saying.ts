import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../simulator/simulator.ts';
import { markOf } from './tally.ts';

export interface Crowd {
  readonly conversations: number;
  readonly messagesEach: number;
  /** Over how long the messages are sent. */
  readonly spreadMs: number;
}

/** One reply in ten is longer than one part. */
const LONG_EVERY = 10;
const FILLER = 'and then, after the prayer, the one who asked sat down and thought about it once more; ';

/**
 * Lets everybody write, and answers what each person said, by phone number. Each person's messages are a second or more
 * apart on the platform's clock, which counts in seconds.
 */
export async function say(
  simulator: Simulator,
  { conversations, messagesEach, spreadMs }: Crowd,
  onSaying: (mark: string) => void,
): Promise<Map<string, string[]>> {
  const said = new Map<string, string[]>();
  const begin = Date.now();
  const plan = Array.from({ length: conversations }, (_, conversation) =>
    Array.from({ length: messagesEach }, (_, message) => ({
      conversation,
      message,
      at: ((conversation / conversations + message) / messagesEach) * spreadMs,
    })),
  );
  for (const { conversation, message, at } of plan.flat().sort((a, b) => a.at - b.at)) {
    const late = at - (Date.now() - begin);
    if (late > 5) await sleep(late);
    const person = `1555${1_000_000 + conversation}`;
    const mark = markOf(conversation, message);
    const marks = said.get(person) ?? [];
    said.set(person, [...marks, mark]);
    onSaying(mark);
    const isLong = (conversation + message) % LONG_EVERY === 0;
    const text = isLong ? `${mark} ${FILLER.repeat(60)}` : `${mark} how is it done?`;
    simulator.say(person, text, { at: begin + message * Math.max(1_000, spreadMs / messagesEach) });
  }
  return said;
}
