import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { type Turn, takeForTurn } from '../../domain/turn.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Claim } from '../../ports/store.ts';
import type { Closing } from './closing.ts';
import type { Corrections } from './corrections.ts';
import { type ConversationItem, conversationFrom } from './items/conversation.ts';
import { conversationKey, turnIdOf } from './items/keys.ts';
import { newToken } from './items/lease-token.ts';
import { isSameRef, refText } from './items/message-ref.ts';
import type { Messages } from './messages.ts';
import type { Parts } from './parts.ts';
import type { OpenedTurn, Reopenings } from './reopenings.ts';

export interface ClaimPorts {
  readonly conversations: Table;
  readonly messages: Messages;
  readonly corrections: Corrections;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly reopenings: Reopenings;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Read and write are repeated when another worker claims or renews in between. */
const MAX_ROUNDS = 10;

const IDLE: Claim = { claimed: false, because: 'idle' };

/**
 * Takes the lease and resolves to the turn. One conditional write decides: it succeeds only if the conversation's item is
 * unchanged since the read, since every claim raises the fence and every renewal, release and finish changes the end of the
 * lease.
 */
export function claiming(ports: ClaimPorts) {
  const { conversations, messages, corrections, parts, closing, reopenings, clock, newId } = ports;

  return async function claim(id: ConversationId, leaseMs: number): Promise<Claim> {
    // A message without a known person has no conversation, and DynamoDB rejects an empty key.
    if (id === '') return IDLE;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const item = await conversations.get(conversationKey(id));
      if (item === undefined) return IDLE;
      const outcome = await attempt(conversationFrom(item), leaseMs);
      if (outcome !== undefined) return outcome;
    }
    throw new Unavailable('a conversation changes too fast to be claimed', {
      scope: 'app',
      code: 'contended',
    });
  };

  /** Resolves to undefined when another worker changed the conversation concurrently. */
  async function attempt(own: ConversationItem, leaseMs: number): Promise<Claim | undefined> {
    const { turn, leaseUntil, retryAt, conversation } = own;
    const now = clock.now();
    if (leaseUntil > now) return { claimed: false, because: 'held', at: leaseUntil };
    const open = turn !== undefined && turn.finishedBy === undefined;
    const work = open ? turn : await nextTurn(own);
    if (work === undefined) return IDLE;
    if (retryAt > now) return { claimed: false, because: 'later', at: retryAt };

    const fence = own.fence + 1;
    const token = newToken(fence, work.id, newId());
    const taken = await take(own, work, { fence, token, leaseUntil: now + leaseMs, opens: !open, now });
    if (!taken) return undefined;
    const lease = { conversation: conversation.id, token };
    return { claimed: true, lease, conversation, turn: await shownTurn(work, fence) };
  }

  /** Resolves to a finished turn with a failed part, else to a new turn of the waiting messages, if any. */
  async function nextTurn(own: ConversationItem): Promise<OpenedTurn | undefined> {
    const { conversation, partitions, turn: last } = own;
    const work = await messages.workOf(conversation.id, partitions, own.hadReopening);
    const left = work.waiting.filter((message) => last?.messages.some((ref) => isSameRef(ref, message)));
    const wasReopened = last?.reopened && work.reopenings.some((one) => one.reopening?.turn === last.id);
    // The process stopped after it wrote the last turn's end and before it closed the turn's messages.
    if (last !== undefined && (left.length > 0 || wasReopened)) await closing.close(last);
    const failed = await reopenings.first(work.reopenings);
    if (failed !== undefined) return failed;
    const waiting = work.waiting.filter((message) => !left.includes(message));
    if (await corrections.applyAhead(waiting, work.ahead)) return nextTurn(own);
    if (waiting.length === 0) return undefined;
    const { taken, newestAt } = takeForTurn(waiting);
    const id = turnIdOf(conversation.id, newId());
    const unwritten = { attempts: 0, positions: undefined, nextPosition: 0, gaveUp: undefined };
    return { id, messages: taken, newestAt, reopened: false, ...unwritten };
  }

  async function take(
    { conversation, partitions, lastSentAt, fence: seen, leaseUntil: seenUntil }: ConversationItem,
    turn: OpenedTurn,
    to: { fence: number; token: string; leaseUntil: number; opens: boolean; now: number },
  ): Promise<boolean> {
    const opened = {
      turn: turn.id,
      turn_messages: turn.messages.map((ref) => refText(ref, partitions[0])),
      turn_newest_at: turn.newestAt,
      last_sent_at: Math.max(lastSentAt, turn.newestAt),
      ...(turn.reopened && {
        turn_reopened: true,
        turn_positions: turn.positions,
        turn_next_position: turn.nextPosition,
      }),
    };
    const write = await conversations.updateOrGet(conversationKey(conversation.id), {
      set: {
        fence: to.fence,
        token: to.token,
        lease_until: to.leaseUntil,
        retry_at: 0,
        last_at: to.now,
        turn_attempts: turn.attempts + 1,
        ...(to.opens && opened),
      },
      remove: to.opens ? NOT_OF_A_NEW_TURN.filter((name) => !(name in opened)) : [],
      when: '#fence = :seen AND #lease_until = :seen_until',
      values: { seen, seen_until: seenUntil },
    });
    // The SDK repeats a call whose response was lost: the first attempt may have made the condition of the second fail.
    return write.done || write.item?.token === to.token;
  }

  async function shownTurn(turn: OpenedTurn, fence: number): Promise<Turn> {
    const { id, attempts, positions, gaveUp, newestAt, reopened } = turn;
    const [contents, taken] = await Promise.all([
      messages.contentsOf(turn.messages),
      positions && parts.takeOver({ id, positions }, fence),
    ]);
    return {
      ...{ id, attempt: attempts + 1, messages: contents, newestAt },
      ...(reopened && { reopened }),
      ...(taken && { parts: taken }),
      ...(gaveUp && { gaveUpReason: gaveUp.reason }),
    };
  }
}

const NOT_OF_A_NEW_TURN = [
  'turn_positions',
  'turn_next_position',
  'turn_reopened',
  'turn_gave_up',
  'turn_gave_up_at',
  'turn_gave_up_attempts',
  'turn_finished_by',
];
