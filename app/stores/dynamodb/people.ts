import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { type Resolution, resolve, settledConversation } from '../../domain/identity/resolve.ts';
import { accountOf, identitiesOf } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { IDS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import { optionalText, type Row } from './attributes.ts';
import { type NameItem, nameItem } from './leads.ts';
import { conversationKey, laneOf, nameKey } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { ReadSecret } from './secret.ts';
import type { Key, Table } from './table.ts';
import { type Write, writesFor } from './writes.ts';

/** What `look` has seen, and what `settle` would write about it; the writes are good for one try. */
export interface Found {
  /** Empty: the message belongs to nobody. */
  readonly id: ConversationId;
  readonly lane: string;
  readonly writes: readonly Write[];
  /** Whether a message with this id may have been here before the conversation was, or before its person moved. */
  readonly mayBeKnown: boolean;
}

interface FindingParts {
  readonly conversations: Table;
  readonly secret: ReadSecret;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** So long before a quiet conversation may be forgotten a new message makes it count as fresh. */
const FRESH_FOR_MS = IDS_KEPT_MS - 24 * 60 * 60 * 1000;
/** How far the platform's clock and ours may differ. */
const SKEW_MS = 60_000;
/** Strangers that write through two processes at once settle in a few rounds. */
const MOST_ROUNDS = 10;

/**
 * Finds the conversation that a message belongs to, opening it for a stranger and following changed identities. When
 * `settle` resolves, the conversation's item is there and will not be forgotten for a day.
 *
 * For somebody known the items of the names say all that is needed, in one read. For everybody else the conversations
 * are read too, and `resolve` decides. Processes that meet the same stranger at once agree by the item of the name:
 * one conditional write makes the conversation's id known, and the others read it.
 */
export function findingPeople({ conversations, secret, clock, newId }: FindingParts) {
  return {
    look,

    /** Without `seen`, nothing that the names say of their conversation is believed. */
    async settle(message: Message, seen?: Found): Promise<ConversationId> {
      let found = seen ?? (await look(message, true));
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        if (await inOrder(found.writes)) return found.id;
        found = await look(message, seen === undefined);
      }
      throw new Unavailable('a conversation changes too fast to be found', {
        scope: 'app',
        code: 'contended',
      });
    },
  };

  /** Where the message belongs, and what has to be written before it may lie there: nearly always nothing. */
  async function look(message: Message, doubtful = false): Promise<Found> {
    const key = await secret();
    const names = await itemsOf(message, [
      ...identitiesOf(message.person),
      ...(message.person.formerly ?? []),
    ]);
    const lane = laneOf(key, message);
    const settled = doubtful ? undefined : settledIn(message, names);
    if (settled !== undefined) return { ...settled, lane, writes: [] };
    return { lane, ...(await resolved(message, names, lane)), mayBeKnown: true };
  }

  /** Undefined: the items of the names do not say enough. */
  function settledIn(message: Message, names: ReadonlyMap<string, NameItem>) {
    const id = settledConversation(message, (name) => names.get(name)?.history ?? []);
    const byLane = names.get(accountOf(message.person));
    if (id === undefined || byLane?.laneOf !== id || byLane.seenAt < clock.now() - FRESH_FOR_MS)
      return undefined;
    if (identitiesOf(message.person).some((name) => names.get(name)?.home !== id)) return undefined;
    // A person who was erased may have come back: an id that was remembered then lies elsewhere now.
    return { id, mayBeKnown: message.sentAt < byLane.openedAt + SKEW_MS };
  }

  async function resolved(message: Message, seen: ReadonlyMap<string, NameItem>, lane: string) {
    const held = await heldOf([...seen.values()]);
    // Names that the message does not show may end with it.
    const further = [...held.values()].flatMap(({ conversation }) => identitiesOf(conversation.person));
    const names = new Map([
      ...(await itemsOf(
        message,
        further.filter((name) => !seen.has(name)),
      )),
      ...seen,
    ]);
    const historyOf = (name: string) => names.get(name)?.history ?? [];
    const personOf = (id: ConversationId) => {
      const one = held.get(id);
      return one && { ...one.conversation.person, lastSentAt: one.lastSentAt };
    };
    const now = clock.now();
    const resolution: Resolution = resolve(message, { historyOf, personOf }, newId, now);
    const { conversation: id } = resolution;
    if (id === '') return { id, writes: [] };
    const plan = { message, resolution, names, held, lane, now, freshSince: now - FRESH_FOR_MS };
    return { id, writes: writesFor(plan, conversations) };
  }

  async function itemsOf({ channel, number }: Message, names: readonly string[]) {
    const items = new Map<string, NameItem>();
    if (names.length === 0) return items;
    const key = await secret();
    const keys = new Map(names.map((name) => [name, nameKey(key, channel, number, name)]));
    const rows = await conversations.getMany([...keys.values()]);
    for (const [name, at] of keys) {
      const row = rows.find((one) => isAt(one, at));
      items.set(name, nameItem(name, at, row));
    }
    return items;
  }

  /** Every conversation that one of the names belongs or belonged to. */
  async function heldOf(items: readonly NameItem[]): Promise<Map<ConversationId, Held>> {
    const ids = new Set(items.flatMap(({ history }) => history.map(({ conversation }) => conversation)));
    const rows = await conversations.getMany([...ids].map(conversationKey));
    return new Map(rows.map(heldFrom).map((held) => [held.conversation.id, held]));
  }
}

/** False: somebody else changed what was read meanwhile. */
async function inOrder(writes: readonly Write[]): Promise<boolean> {
  for (const write of writes) if (!(await write())) return false;
  return true;
}

function isAt(row: Row, key: Key): boolean {
  return Object.entries(key).every(([name, value]) => optionalText(row, name) === value);
}

export type People = ReturnType<typeof findingPeople>;
