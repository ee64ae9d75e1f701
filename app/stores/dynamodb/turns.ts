import type { Clock } from '../../ports/clock.ts';
import type { TurnStore } from '../../ports/store.ts';
import { type ClaimPorts, claiming } from './claim.ts';
import { factValues } from './items/conversation.ts';
import { readToken } from './items/lease-token.ts';
import { isSameRef } from './items/message-ref.ts';
import type { UnderLease } from './lease.ts';
import { type ReplyPorts, replies } from './replies.ts';

interface TurnPorts extends ClaimPorts, ReplyPorts {
  readonly underLease: UnderLease;
  readonly clock: Clock;
}

/** The lease, the turn and its reply. */
export function turns(ports: TurnPorts): TurnStore {
  const { underLease, messages, closing, clock } = ports;

  return {
    claim: claiming(ports),
    ...replies(ports),

    async renew(lease, leaseMs) {
      await underLease.write(lease, { set: { lease_until: clock.now() + leaseMs } });
    },

    async remember(lease, facts) {
      const set = factValues(facts);
      if (Object.values(set).every((value) => value === undefined)) await underLease.read(lease);
      else await underLease.write(lease, { set });
    },

    async finish(lease) {
      const change = {
        set: { lease_until: 0, retry_at: 0, last_at: clock.now(), turn_finished_by: lease.token },
        remove: ['token'],
      };
      // From this write on no other claim works on the turn, even if this process dies.
      const { turn, partitions } = await underLease.end(
        lease,
        change,
        (now) => now.turn?.finishedBy === lease.token,
      );
      await closing.close(turn);
      const waiting = await messages.waitingFor(lease.conversation, partitions);
      const oldest = waiting.find((message) => !turn.messages.some((ref) => isSameRef(ref, message)));
      return oldest === undefined ? {} : { waitingSince: Math.floor(oldest.arrival / 1000) };
    },

    async release(lease, { retryAt, countAttempt }) {
      const change = {
        set: { lease_until: 0, retry_at: retryAt, last_at: clock.now() },
        add: countAttempt ? {} : { turn_attempts: -1 },
        remove: ['token'],
      };
      const { fence } = readToken(lease);
      await underLease.end(
        lease,
        change,
        (now) => now.fence === fence && now.token === undefined && now.retryAt === retryAt,
      );
    },
  };
}
