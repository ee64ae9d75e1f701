import PQueue from 'p-queue';
import { type Correction, isCorrection } from '../../domain/correction.ts';
import { Unavailable } from '../../domain/errors.ts';
import { rememberedId } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Acceptance } from '../../ports/store.ts';
import type { Correcting } from './correcting.ts';
import { fitting } from './fitting.ts';
import { laneOf, nobodysLane } from './names.ts';
import type { People } from './people.ts';
import type { ReadSecret } from './secret.ts';
import type { Stage, Staged } from './stage.ts';

interface AcceptingParts {
  readonly stage: Stage;
  readonly people: People;
  readonly secret: ReadSecret;
  readonly correcting: Correcting;
  readonly clock: Clock;
}

/** Conversations stored side by side; a delivery may hold 1,000 messages. */
const AT_ONCE = 32;
/** Corrections that come before their message may change between a look and a write; then it looks again. */
const MOST_ROUNDS = 10;

/**
 * Stores messages, one conditional put for each: it decides whether the id is new. The put goes into the lane that the
 * message itself names, whatever conversation it belongs to today, so that a redelivery always meets the first one.
 */
export function accepting({ stage, people, secret, correcting, clock }: AcceptingParts) {
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
    if (known !== undefined && known.state !== 'ahead') return answerFor(known);
    const conversation = await people.settle(message, found);
    const lane = conversation === '' ? nobodysLane(id) : found.lane;
    const silent = message.content.kind === 'silent';
    return put({ lane, id, conversation, arrival }, silent ? undefined : fitting(message));
  }

  /** The id of the correction goes last: a crash before leaves it to the redelivery, which does everything again. */
  async function correct(correction: Correction, arrival: number): Promise<Acceptance> {
    const id = rememberedId(await secret(), correction).toString('base64url');
    const found = await people.look(correction);
    const known = await stage.findAnywhere({ lane: found.lane, id });
    if (known !== undefined && known.state !== 'ahead') return answerFor(known);
    const conversation = await people.settle(correction, found);
    if (conversation === '') return put({ lane: nobodysLane(id), id, conversation, arrival }, undefined);
    await correcting.correct(correction, id, conversation, found.lane);
    return put({ lane: found.lane, id, conversation, arrival }, undefined);
  }

  /** Without a message, its id is remembered and nobody has to answer it. */
  async function put(
    place: Pick<Staged, 'lane' | 'id' | 'conversation' | 'arrival'>,
    message: Message | undefined,
  ): Promise<Acceptance> {
    const { conversation, arrival } = place;
    const state = message === undefined ? 'done' : 'waiting';
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const isNew = await stage.put({ ...place, state, again: 0, message });
      if (isNew) return { outcome: message === undefined ? 'done' : 'new', conversation };
      const there = await stage.find(place);
      if (there !== undefined && there.state !== 'ahead') return answerFor(there);
      const met = there && (await correcting.meet(there, { message, conversation, arrival }));
      if (met !== undefined) return met;
    }
    throw new Unavailable('a message changes too fast to be stored', { scope: 'app', code: 'contended' });
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
      steps.push(async () => {
        const accepted = isCorrection(message) ? correct(message, arrival) : acceptOne(message, arrival);
        acceptances.set(index, await accepted);
      });
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
