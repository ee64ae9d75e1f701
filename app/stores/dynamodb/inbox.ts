import PQueue from 'p-queue';
import { type Correction, isCorrection } from '../../domain/correction.ts';
import { Unavailable } from '../../domain/errors.ts';
import { rememberedId } from '../../domain/identity.ts';
import { type Message, needsTurn } from '../../domain/message.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Acceptance, Inbox } from '../../ports/store.ts';
import type { Corrections } from './corrections.ts';
import { fitItem } from './fit.ts';
import type { Identities } from './identities.ts';
import { messagePartition, orphanPartition } from './items/keys.ts';
import type { StoredMessage } from './items/message.ts';
import type { Messages } from './messages.ts';
import type { ReadSecret } from './secret.ts';

interface InboxPorts extends Pick<Inbox, 'recordStatuses'> {
  readonly messages: Messages;
  readonly identities: Identities;
  readonly secret: ReadSecret;
  readonly corrections: Corrections;
  readonly clock: Clock;
}

type Placed = Pick<StoredMessage, 'partition' | 'id' | 'conversation' | 'arrival'>;

/** Partitions written concurrently; a delivery may have 1,000 messages. */
const CONCURRENCY = 32;
/** Read and write are repeated when a correction of the message is written in between. */
const MAX_ROUNDS = 10;

/**
 * Stores messages with one conditional put each, which decides whether the id is new. The partition is computed from the
 * message alone, independent of its conversation, so that a redelivery finds the first delivery.
 */
export function inbox({
  messages,
  identities,
  secret,
  corrections,
  clock,
  recordStatuses,
}: InboxPorts): Inbox {
  const running = new PQueue({ concurrency: CONCURRENCY });
  let lastArrival = 0;

  /** Returns a strictly increasing time, also within a millisecond. */
  function nextArrival(): number {
    lastArrival = Math.max(lastArrival + 1, clock.now() * 1000);
    return lastArrival;
  }

  async function acceptOne(message: Message, arrival: number): Promise<Acceptance> {
    const id = rememberedId(await secret(), message).toString('base64url');
    const found = await identities.find(message);
    const { partition } = found;
    // A redelivered message must not update its person, who may have changed identity or been erased since.
    const known = found.mayBeKnown ? await messages.findAnywhere({ partition, id }) : undefined;
    if (known !== undefined && known.state !== 'ahead') return acceptanceOf(known);
    const conversation = await identities.ensureConversation(message, found);
    const place = {
      partition: conversation === '' ? orphanPartition(id) : partition,
      id,
      conversation,
      arrival,
    };
    return put(place, needsTurn(message) ? fitItem(message) : undefined);
  }

  /** The id of the correction is written last: after an earlier crash the redelivery repeats everything. */
  async function correct(correction: Correction, arrival: number): Promise<Acceptance> {
    const id = rememberedId(await secret(), correction).toString('base64url');
    const found = await identities.find(correction);
    const { partition } = found;
    const known = await messages.findAnywhere({ partition, id });
    if (known !== undefined && known.state !== 'ahead') return acceptanceOf(known);
    const conversation = await identities.ensureConversation(correction, found);
    if (conversation === '') {
      return put({ partition: orphanPartition(id), id, conversation, arrival }, undefined);
    }
    await corrections.correct(correction, id, conversation, partition);
    return put({ partition, id, conversation, arrival }, undefined);
  }

  /** Without a message, only its id is stored. */
  async function put(place: Placed, message: Message | undefined): Promise<Acceptance> {
    const { conversation, arrival } = place;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const known = await messages.put({ ...place, message });
      if (known === undefined) return { outcome: message === undefined ? 'done' : 'new', conversation };
      if (known.item === undefined) continue;
      if (known.item.state !== 'ahead') return acceptanceOf(known.item);
      const accepted = await corrections.replaceAhead(known.item, { message, conversation, arrival });
      if (accepted !== undefined) return accepted;
    }
    throw new Unavailable('a message changes too fast to be stored', { scope: 'app', code: 'contended' });
  }

  return {
    recordStatuses,

    async accept(delivered: readonly Message[]): Promise<Acceptance[]> {
      const byPartition = new Map<string, (() => Promise<void>)[]>();
      const acceptances = new Map<number, Acceptance>();
      const key = await secret();
      for (const [index, message] of delivered.entries()) {
        const partition = messagePartition(key, message);
        const arrival = nextArrival();
        const steps = byPartition.get(partition) ?? [];
        byPartition.set(partition, steps);
        steps.push(async () => {
          const accepted = isCorrection(message) ? correct(message, arrival) : acceptOne(message, arrival);
          acceptances.set(index, await accepted);
        });
      }
      // Sequentially within a partition: a crash leaves the first messages stored, never a later one alone.
      const stored = await Promise.allSettled(
        [...byPartition.values()].map((steps) =>
          running.add(async () => {
            for (const step of steps) await step();
          }),
        ),
      );
      for (const outcome of stored) if (outcome.status === 'rejected') throw outcome.reason;
      return [...acceptances].sort(([a], [b]) => a - b).map(([, acceptance]) => acceptance);
    },
  };
}

function acceptanceOf({ state, conversation }: StoredMessage): Acceptance {
  return { outcome: state === 'waiting' ? 'waiting' : 'done', conversation };
}
