import { Unavailable } from '../../conversation/errors.ts';
import { accountOf, identitiesOf, newConversationId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import { IDS_KEPT_MS } from '../../conversation/retention.ts';
import type { Clock, ConversationId } from '../../ports.ts';
import { optionalText, type Row, text } from './attributes.ts';
import { conversationKey, identityKey } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Key, Table } from './table.ts';

/** So long before a quiet conversation may be forgotten a new message makes it count as fresh. */
const FRESH_FOR_MS = IDS_KEPT_MS - 24 * 60 * 60 * 1000;
/** Strangers that write through two doors at once settle in two rounds. */
const MOST_ROUNDS = 6;

/**
 * Finds the conversation that a message belongs to, opening it for a stranger and following changed identities. When
 * it resolves, the conversation's item is there and will not be forgotten for a day.
 *
 * Written in this order: the conversation, which knows the names of its identities, then each identity. A crash in
 * between leaves a conversation that nothing leads to yet; whoever comes next finishes it.
 */
export function findingPeople(table: Table, clock: Clock) {
  return async function conversationOf(message: Message): Promise<ConversationId> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const found = await attempt(message);
      if (found !== undefined) return found;
    }
    throw new Unavailable('a conversation changes too fast to be found', { scope: 'app', code: 'contended' });
  };

  /** Undefined: somebody else changed what was read meanwhile. */
  async function attempt({ channel, number, person }: Message): Promise<ConversationId | undefined> {
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
    const settled =
      own === undefined
        ? await open(id, lane, names, { channel, number, person })
        : await refresh(heldFrom(own), lane, names, person);
    if (!settled) return undefined;
    for (const [index, key] of keys.entries()) {
      if (leads[index] !== id && !(await lead(key, leads[index], id))) return undefined;
    }
    return id;
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

  /** Writes only when something changed, which for nearly every message it did not. */
  async function refresh(
    { conversation, names: known, lanes, lastAt }: Held,
    lane: string,
    names: readonly string[],
    { phone, userId }: Message['person'],
  ): Promise<boolean> {
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
    if (Object.keys(set).length + Object.keys(add).length === 0) return true;
    const key = conversationKey(conversation.id);
    return (await table.update(key, { set, add, when: 'attribute_exists(#item)' })) !== undefined;
  }

  function lead(key: Key, seen: ConversationId | undefined, id: ConversationId): Promise<boolean> {
    const unchanged =
      seen === undefined
        ? { when: 'attribute_not_exists(#item)' }
        : { when: '#leads_to = :seen', values: { seen } };
    return table.put({ ...key, leads_to: id }, unchanged);
  }
}

function isAt(row: Row, key: Key): boolean {
  return Object.entries(key).every(([name, value]) => optionalText(row, name) === value);
}
