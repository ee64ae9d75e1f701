import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../simulator/simulator.ts';
import { markOf } from './tally.ts';

export interface Traffic {
  readonly conversations: number;
  readonly messagesEach: number;
  /** The time over which the messages are sent. */
  readonly spreadMs: number;
  /** How long a person waits for the acknowledgement of a message before the next, and how long the run waits for replies. */
  readonly timeoutMs: number;
  /** Every fourth message is delivered again after this time, when later messages were answered. */
  readonly repeatAfterMs?: number;
}

/** One reply in ten is longer than one part. */
const LONG_EVERY = 10;
const REPEATED_EVERY = 4;
const FILLER = 'and then, after the prayer, the one who asked sat down and thought about it once more; ';

/**
 * Sends the messages. Resolves to the marks that each person sent, by phone number. The messages of a person are at least
 * a second apart on the platform's clock, which counts in seconds. A person sends the next message when the app has
 * acknowledged the last one: on a busy machine one delivery can overtake another by more than the app's window, and no
 * service could order these.
 */
export async function sendTraffic(
  simulator: Simulator,
  traffic: Traffic,
  onSend: (mark: string) => void,
): Promise<Map<string, string[]>> {
  const sent = new Map<string, string[]>();
  const ids = new Map<string, string>();
  const isUnacknowledged = (mark: string): boolean => {
    const id = ids.get(mark);
    return id !== undefined && !simulator.hasAcknowledged(id);
  };
  const deadline = Date.now() + traffic.spreadMs + traffic.timeoutMs;
  const intervalMs = Math.max(1_000, traffic.spreadMs / traffic.messagesEach);
  const startedAt = Date.now();
  for (const { conversation, message, afterMs, isRepeat } of planOf(traffic)) {
    const waitMs = afterMs - (Date.now() - startedAt);
    if (waitMs > 5) await sleep(waitMs);
    const person = `1555${1_000_000 + conversation}`;
    const mark = markOf(conversation, message);
    const previous = markOf(conversation, message - 1);
    while (isUnacknowledged(previous) && Date.now() < deadline) await sleep(20);
    if (!isRepeat) {
      sent.set(person, [...(sent.get(person) ?? []), mark]);
      onSend(mark);
    }
    const isLong = (conversation + message) % LONG_EVERY === 0;
    const text = isLong ? `${mark} ${FILLER.repeat(60)}` : `${mark} how is it done?`;
    const id = ids.get(mark);
    const options = { at: startedAt + message * intervalMs, ...(id !== undefined && { id }) };
    ids.set(mark, simulator.say(person, text, options));
  }
  return sent;
}

/** Returns all messages in the order of their time, `afterMs` after the start. */
function planOf({ conversations, messagesEach, spreadMs, repeatAfterMs }: Traffic) {
  const first = Array.from({ length: conversations * messagesEach }, (_, index) => {
    const message = Math.floor(index / conversations);
    const conversation = index % conversations;
    const afterMs = ((conversation / conversations + message) / messagesEach) * spreadMs;
    return { conversation, message, afterMs, isRepeat: false };
  });
  const repeats = first
    .filter((_, index) => repeatAfterMs !== undefined && index % REPEATED_EVERY === 0)
    .map((send) => ({ ...send, afterMs: send.afterMs + (repeatAfterMs ?? 0), isRepeat: true }));
  return [...first, ...repeats].sort((a, b) => a.afterMs - b.afterMs);
}
