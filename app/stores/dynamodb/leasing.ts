import type { Facts } from '../../domain/conversation.ts';
import { LeaseLost } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease, Release } from '../../ports/store.ts';
import type { Closing } from './closing.ts';
import { isSame } from './entries.ts';
import type { Update } from './expressions.ts';
import { conversationKey } from './names.ts';
import { factValues, type Held, type HeldTurn, heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';
import { readToken } from './tokens.ts';

/** A conversation that somebody holds, with its open turn. */
export type Working = Held & { readonly turn: HeldTurn };

/** What is written under a lease: each is one write, on the condition that the token still holds the conversation. */
export function writingUnderLease(table: Table) {
  return {
    async read(lease: Lease): Promise<Working> {
      const row = await table.get(conversationKey(lease.conversation));
      const held = row && heldFrom(row);
      if (held?.token !== lease.token) throw lost();
      return working(held);
    },

    async write(lease: Lease, update: Omit<Update, 'when' | 'values'>): Promise<Working> {
      const row = await table.update(conversationKey(lease.conversation), {
        ...update,
        when: '#token = :token',
        values: { token: lease.token },
      });
      if (row === undefined) throw lost();
      return working(heldFrom(row));
    },

    /** Undefined: what `unless` names is there already. */
    async writeOnce(lease: Lease, unless: string, update: Omit<Update, 'when' | 'values'>) {
      const row = await table.update(conversationKey(lease.conversation), {
        ...update,
        when: `#token = :token AND attribute_not_exists(#${unless})`,
        values: { token: lease.token },
      });
      return row && working(heldFrom(row));
    },
  };
}

export type UnderLease = ReturnType<typeof writingUnderLease>;

interface LeasingParts {
  readonly conversations: Table;
  readonly underLease: UnderLease;
  readonly stage: Stage;
  readonly closing: Closing;
  readonly clock: Clock;
}

export function leasing({ conversations, underLease, stage, closing, clock }: LeasingParts) {
  /** The write that ends the turn; from then on nobody answers it again, whatever happens to us. */
  async function end(lease: Lease): Promise<Working> {
    try {
      return await underLease.write(lease, {
        set: { lease_until: 0, retry_at: 0, last_at: clock.now(), turn_finished_by: lease.token },
        remove: ['token'],
      });
    } catch (error) {
      const held = await seenAfterLoss(error, lease);
      if (held?.turn?.finishedBy === lease.token) return working(held);
      throw error;
    }
  }

  /** The SDK repeats a call whose answer was lost: the first one may be what took the lease. */
  async function seenAfterLoss(error: unknown, { conversation }: Lease): Promise<Held | undefined> {
    const row = error instanceof LeaseLost && (await conversations.get(conversationKey(conversation)));
    return row ? heldFrom(row) : undefined;
  }

  return {
    async renew(lease: Lease, leaseMs: number): Promise<void> {
      await underLease.write(lease, { set: { lease_until: clock.now() + leaseMs } });
    },

    async remember(lease: Lease, facts: Facts): Promise<void> {
      const set = factValues(facts);
      if (Object.values(set).every((value) => value === undefined)) await underLease.read(lease);
      else await underLease.write(lease, { set });
    },

    async finish(lease: Lease): Promise<{ waitingSince?: number }> {
      const held = await end(lease);
      await closing.close(held.turn);
      const waiting = await stage.waitingFor(lease.conversation, held.lanes);
      const oldest = waiting.find((message) => !held.turn.entries.some((entry) => isSame(entry, message)));
      return oldest === undefined ? {} : { waitingSince: Math.floor(oldest.arrival / 1000) };
    },

    async release(lease: Lease, { retryAt, countAttempt }: Release): Promise<void> {
      try {
        await underLease.write(lease, {
          set: { lease_until: 0, retry_at: retryAt, last_at: clock.now() },
          add: countAttempt ? {} : { turn_attempts: -1 },
          remove: ['token'],
        });
      } catch (error) {
        const held = await seenAfterLoss(error, lease);
        const { fence } = readToken(lease);
        if (held?.fence === fence && held.token === undefined && held.retryAt === retryAt) return;
        throw error;
      }
    },
  };
}

function working(held: Held): Working {
  const { turn } = held;
  if (turn === undefined) throw lost();
  return { ...held, turn };
}

function lost(): LeaseLost {
  return new LeaseLost('the conversation is held by somebody else, or by nobody');
}
