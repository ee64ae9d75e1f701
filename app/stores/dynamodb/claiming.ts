import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { newestOf, type Turn, takeForTurn } from '../../domain/turn.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Claim } from '../../ports/store.ts';
import type { Closing } from './closing.ts';
import type { Correcting } from './correcting.ts';
import { entryText, isSame } from './entries.ts';
import { conversationKey, turnIdOf } from './names.ts';
import type { Parts } from './parts.ts';
import type { OpenedTurn, ReopeningTurns } from './reopening.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Table } from './table.ts';
import { newToken } from './tokens.ts';

interface ClaimingParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly correcting: Correcting;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly reopening: ReopeningTurns;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Others may claim or renew between our look and our write; then we look again. */
const MOST_ROUNDS = 10;

const IDLE: Claim = { claimed: false, because: 'idle' };

/**
 * Takes the lease and gives the turn. One conditional write decides: it holds only when the conversation's item is as
 * it was read, for every claim raises the fence and every renewal, release and finish moves the end of the lease.
 */
export function claiming(ports: ClaimingParts) {
  const { conversations, stage, correcting, parts, closing, reopening, clock, newId } = ports;

  return async function claim(id: ConversationId, leaseMs: number): Promise<Claim> {
    // What belongs to nobody is no work, and an empty key is an error for DynamoDB.
    if (id === '') return IDLE;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await conversations.get(conversationKey(id));
      if (row === undefined) return IDLE;
      const outcome = await attempt(heldFrom(row), leaseMs);
      if (outcome !== undefined) return outcome;
    }
    throw new Unavailable('a conversation changes too fast to be claimed', {
      scope: 'app',
      code: 'contended',
    });
  };

  /** Undefined: somebody else changed it meanwhile. */
  async function attempt(held: Held, leaseMs: number): Promise<Claim | undefined> {
    const { turn, leaseUntil, retryAt } = held;
    const now = clock.now();
    if (leaseUntil > now) return { claimed: false, because: 'held', at: leaseUntil };
    const open = turn !== undefined && turn.finishedBy === undefined;
    const work = open ? turn : await nextTurn(held);
    if (work === undefined) return IDLE;
    if (retryAt > now) return { claimed: false, because: 'later', at: retryAt };

    const fence = held.fence + 1;
    const token = newToken(fence, work.id, newId());
    const taken = await take(held, work, { fence, token, leaseUntil: now + leaseMs, opens: !open, now });
    if (!taken) return undefined;
    const lease = { conversation: held.conversation.id, token };
    return { claimed: true, lease, conversation: held.conversation, turn: await shown(work, fence) };
  }

  /**
   * A finished turn with a failed part, else all waiting messages as the turn that would be opened; undefined when there
   * is neither.
   */
  async function nextTurn(held: Held): Promise<OpenedTurn | undefined> {
    const { conversation, lanes, turn: last } = held;
    const { waiting, ahead, asked } = await stage.workOf(conversation.id, lanes, held.wasAsked);
    const left = waiting.filter((message) => last?.entries.some((entry) => isSame(entry, message)));
    const wasReopened = last?.reopened && asked.some((one) => one.reopening?.turn === last.id);
    // The last turn's end was written, and then whoever wrote it stopped before its messages were put away.
    if (last !== undefined && (left.length > 0 || wasReopened)) await closing.close(last);
    const failed = await reopening.first(asked);
    if (failed !== undefined) return failed;
    const next = waiting.filter((message) => !left.includes(message));
    if (await correcting.catchUp(next, ahead)) return nextTurn(held);
    if (next.length === 0) return undefined;
    const { taken: entries, newestAt } = takeForTurn(next);
    const id = turnIdOf(conversation.id, newId());
    const unwritten = { attempts: 0, places: undefined, nextPlace: 0, buried: undefined };
    return { id, entries, newestAt, reopened: false, ...unwritten };
  }

  async function take(
    { conversation, lanes, lastSentAt, fence: seen, leaseUntil: seenUntil }: Held,
    turn: OpenedTurn,
    to: { fence: number; token: string; leaseUntil: number; opens: boolean; now: number },
  ): Promise<boolean> {
    const opened = {
      turn: turn.id,
      turn_messages: turn.entries.map((entry) => entryText(entry, lanes[0])),
      turn_newest_at: turn.newestAt,
      last_sent_at: Math.max(lastSentAt, turn.newestAt ?? 0),
      ...(turn.reopened && {
        turn_reopened: true,
        turn_places: turn.places,
        turn_next_place: turn.nextPlace,
      }),
    };
    const key = conversationKey(conversation.id);
    const row = await conversations.update(key, {
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
    if (row !== undefined) return true;
    // The SDK repeats a call whose answer was lost; then the first one may be what keeps the second from holding.
    const now = await conversations.get(key);
    return now !== undefined && heldFrom(now).token === to.token;
  }

  async function shown(turn: OpenedTurn, fence: number): Promise<Turn> {
    const { id, attempts, entries, places, buried, newestAt, reopened } = turn;
    const [messages, taken] = await Promise.all([
      stage.messagesOf(entries),
      places && parts.takeOver({ id, places }, fence),
    ]);
    return {
      id,
      attempt: attempts + 1,
      messages,
      newestAt: newestAt ?? newestOf(messages),
      ...(reopened && { reopened }),
      ...(taken && { parts: taken }),
      ...(buried && { gaveUpReason: buried.reason }),
    };
  }
}

const NOT_OF_A_NEW_TURN = [
  'turn_places',
  'turn_next_place',
  'turn_reopened',
  'turn_buried',
  'turn_buried_at',
  'turn_finished_by',
];
