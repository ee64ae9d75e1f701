import PQueue from 'p-queue';
import { rememberedId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import type { Acceptance, Clock } from '../../ports.ts';
import { laneOf, nobodysLane } from './names.ts';
import type { People } from './people.ts';
import type { ReadSecret } from './secret.ts';
import type { Stage, Staged } from './stage.ts';

interface AcceptingParts {
  readonly stage: Stage;
  readonly people: People;
  readonly secret: ReadSecret;
  readonly clock: Clock;
}

/** Conversations stored side by side; a delivery may hold 1,000 messages. */
const AT_ONCE = 32;
/** Far above what platforms take (4,096 characters), far below DynamoDB's 400 KB for an item. */
const LONGEST_BYTES = 256 * 1024;

/**
 * Stores messages, one conditional put for each: it decides whether the id is new. The put goes into the lane that the
 * message itself names, whatever conversation it belongs to today, so that a redelivery always meets the first one.
 */
export function accepting({ stage, people, secret, clock }: AcceptingParts) {
  const running = new PQueue({ concurrency: AT_ONCE });
  let lastArrival = 0;

  /** Later than every one before, also within a millisecond. */
  function nextArrival(): number {
    lastArrival = Math.max(lastArrival + 1, clock.now() * 1000);
    return lastArrival;
  }

  async function acceptOne(message: Message, arrival: number): Promise<Acceptance> {
    const id = rememberedId(await secret(), message).toString('base64url');
    const found = await people.look(message);
    // A message that is known says nothing new about its person, who may have moved since, or may have been erased.
    const known = found.mayBeKnown ? await stage.findAnywhere({ lane: found.lane, id }) : undefined;
    if (known !== undefined) return answerFor(known);
    const conversation = await people.settle(message, found);
    const lane = conversation === '' ? nobodysLane(id) : found.lane;
    const silent = message.content.kind === 'silent';
    const state = silent ? 'done' : 'waiting';
    const words = silent ? undefined : fitting(message);
    const isNew = await stage.put({ lane, id, conversation, state, arrival, again: 0, message: words });
    if (isNew) return { outcome: silent ? 'done' : 'new', conversation };
    const earlier = await stage.find({ lane, id });
    return earlier === undefined ? { outcome: 'done', conversation } : answerFor(earlier);
  }

  return async function accept(messages: readonly Message[]): Promise<Acceptance[]> {
    const lanes = new Map<string, (() => Promise<void>)[]>();
    const acceptances = new Map<number, Acceptance>();
    const key = await secret();
    for (const [index, message] of messages.entries()) {
      const lane = laneOf(key, message);
      const arrival = nextArrival();
      const steps = lanes.get(lane) ?? [];
      lanes.set(lane, steps);
      steps.push(async () => void acceptances.set(index, await acceptOne(message, arrival)));
    }
    // One after another within a lane: what a crash leaves stored is the beginning, never a later part alone.
    const stored = await Promise.allSettled(
      [...lanes.values()].map((steps) =>
        running.add(async () => {
          for (const step of steps) await step();
        }),
      ),
    );
    for (const outcome of stored) if (outcome.status === 'rejected') throw outcome.reason;
    return [...acceptances].sort(([a], [b]) => a - b).map(([, acceptance]) => acceptance);
  };
}

function answerFor({ state, conversation }: Staged): Acceptance {
  return { outcome: state === 'waiting' ? 'waiting' : 'done', conversation };
}

function fitting(message: Message): Message {
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= LONGEST_BYTES || message.content.kind !== 'text') return message;
  const { text } = message.content;
  const kept = text.slice(0, Math.floor((text.length * LONGEST_BYTES) / bytes / 2)).toWellFormed();
  return fitting({ ...message, content: { kind: 'text', text: kept } });
}
