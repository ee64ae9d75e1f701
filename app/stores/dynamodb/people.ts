import { Unavailable } from '../../conversation/errors.ts';
import { accountOf, identitiesOf, newConversationId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import { IDS_KEPT_MS } from '../../conversation/retention.ts';
import type { Clock, ConversationId } from '../../ports.ts';
import { optionalText, type Row, text } from './attributes.ts';
import { conversationKey, formerKey, identityKey, type LeadKey } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Key, Table } from './table.ts';

/** False: the item is not as it was read. */
type Write = () => Promise<boolean>;

/** What `look` has seen, and what `settle` would write about it; the writes are good for one try. */
export interface Found {
  readonly id: ConversationId;
  readonly writes: readonly Write[];
}

/** So long before a quiet conversation may be forgotten a new message makes it count as fresh. */
const FRESH_FOR_MS = IDS_KEPT_MS - 24 * 60 * 60 * 1000;
/** Strangers that write through two doors at once settle in two rounds. */
const MOST_ROUNDS = 6;

/**
 * Finds the conversation that a message belongs to, opening it for a stranger and following changed identities. When
 * `settle` resolves, the conversation's item is there and will not be forgotten for a day.
 *
 * Written in this order: the conversation, which knows the names of its identities, then each identity. A crash in
 * between leaves a conversation that nothing leads to yet; whoever comes next finishes it.
 */
export function findingPeople(table: Table, clock: Clock) {
  return {
    look,

    async settle(message: Message, seen?: Found): Promise<ConversationId> {
      let found = seen ?? (await look(message));
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        if (await inOrder(found.writes)) return found.id;
        found = await look(message);
      }
      throw new Unavailable('a conversation changes too fast to be found', {
        scope: 'app',
        code: 'contended',
      });
    },
  };

  /** Where the message belongs, and what has to be written before it may lie there: nearly always nothing. */
  async function look({ channel, number, person }: Message): Promise<Found> {
    const names = identitiesOf(person);
    const keys = names.map((name) => identityKey(channel, number, name));
    const lane = newConversationId(channel, number, accountOf(person));
    const rows = await table.getMany([...keys, conversationKey(lane)]);
    const leads = keys
      .map((key) => rows.find((row) => isAt(row, key)))
      .map((row) => row && text(row, 'leads_to'));
    const id = leads.find((lead) => lead !== undefined) ?? lane;
    const own =
      id === lane
        ? rows.find((row) => isAt(row, conversationKey(lane)))
        : await table.get(conversationKey(id));
    const change =
      own === undefined
        ? () => open(id, lane, names, { channel, number, person })
        : refreshing(heldFrom(own), lane, names, person);
    const leading = keys.flatMap((key, index) =>
      leads[index] === id ? [] : [() => lead(key, leads[index], id)],
    );
    return { id, writes: change === undefined ? leading : [change, ...leading] };
  }

  function open(
    id: ConversationId,
    lane: string,
    names: readonly string[],
    { channel, number, person }: Pick<Message, 'channel' | 'number' | 'person'>,
  ): Promise<boolean> {
    const item = {
      ...conversationKey(id),
      channel,
      number,
      account: accountOf(person),
      phone: person.phone,
      user_id: person.userId,
      ...(names.length > 0 && { names: new Set(names) }),
      ...(lane !== id && { lanes: new Set([lane]) }),
      fence: 0,
      lease_until: 0,
      retry_at: 0,
      last_at: clock.now(),
    };
    return table.put(item, { when: 'attribute_not_exists(#item)' });
  }

  /** Undefined: nothing has changed. */
  function refreshing(
    { conversation, names: known, lanes, lastAt }: Held,
    lane: string,
    names: readonly string[],
    { phone, userId }: Message['person'],
  ): Write | undefined {
    const newNames = names.filter((name) => !known.includes(name));
    const set = {
      ...(phone !== undefined && phone !== conversation.person.phone && { phone }),
      ...(userId !== undefined && userId !== conversation.person.userId && { user_id: userId }),
      ...(lastAt < clock.now() - FRESH_FOR_MS && { last_at: clock.now() }),
    };
    const add = {
      ...(newNames.length > 0 && { names: new Set(newNames) }),
      ...(!lanes.includes(lane) && { lanes: new Set([lane]) }),
    };
    if (Object.keys(set).length + Object.keys(add).length === 0) return undefined;
    const key = conversationKey(conversation.id);
    return async () => (await table.update(key, { set, add, when: 'attribute_exists(#item)' })) !== undefined;
  }

  /** Every conversation that holds a name stays findable by it: what it led to before, and what lost to another door. */
  async function lead(key: LeadKey, seen: ConversationId | undefined, id: ConversationId): Promise<boolean> {
    if (seen !== undefined) await table.put({ ...formerKey(key, seen), leads_to: seen });
    const unchanged =
      seen === undefined
        ? { when: 'attribute_not_exists(#item)' }
        : { when: '#leads_to = :seen', values: { seen } };
    const led = await table.put({ ...key, leads_to: id }, unchanged);
    if (!led) await table.put({ ...formerKey(key, id), leads_to: id });
    return led;
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
