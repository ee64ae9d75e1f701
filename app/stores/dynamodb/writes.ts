import type { ConversationId } from '../../domain/conversation.ts';
import { type History, ownerNow } from '../../domain/identity/history.ts';
import { newAccount, type Resolution } from '../../domain/identity/resolve.ts';
import { accountOf, identitiesOf } from '../../domain/identity.ts';
import type { Message, Person } from '../../domain/message.ts';
import { type NameItem, ownersIn, unchanged } from './leads.ts';
import { conversationKey } from './names.ts';
import type { Held } from './rows.ts';
import type { Table } from './table.ts';

/** False: the item is not as it was read. */
export type Write = () => Promise<boolean>;

interface Plan {
  readonly message: Message;
  readonly resolution: Resolution;
  /** Of every name in the message. */
  readonly names: ReadonlyMap<string, NameItem>;
  /** Of every conversation that one of the names belongs or belonged to. */
  readonly held: ReadonlyMap<ConversationId, Held>;
  readonly lane: string;
  readonly now: number;
  /** A conversation that was last in use before may be forgotten soon. */
  readonly freshSince: number;
}

type Names = Pick<Person, 'phone' | 'userId'>;

/**
 * What has to be written before a message may lie in its conversation, each as one conditional write, in an order that
 * a redelivery can continue after a crash between any two of them:
 * 1. conversations that lose a name, so that nothing more is sent to it;
 * 2. for a new conversation, one name, which decides among several processes what its id is;
 * 3. the conversation itself, which lists its names and lanes;
 * 4. the other names;
 * 5. that the conversation is there, in the names that the message shows.
 */
export function writesFor(plan: Plan, table: Table): Write[] {
  const { message, resolution, names, held, lane, now, freshSince } = plan;
  const { conversation: id, histories, people } = resolution;
  const shown = identitiesOf(message.person);
  const laneName = accountOf(message.person);
  const own = held.get(id);
  const historyOf = (name: string): History => histories.get(name) ?? names.get(name)?.history ?? [];
  const owned = [...names.keys()].filter((name) =>
    historyOf(name).some(({ conversation }) => conversation === id),
  );

  const losing = [...people].flatMap(([other, person]) =>
    other === id ? [] : lose(held.get(other), person),
  );
  const changing = [...histories].sort(([a], [b]) => rank(a) - rank(b));
  // The phone number first, since others may see it without the user id.
  const deciding = own === undefined ? changing.slice(0, 1) : [];
  const others = changing.slice(deciding.length);
  const settling = own === undefined ? [open] : refresh(own);
  return [...losing, ...deciding.map(setHistory), ...settling, ...others.map(setHistory), ...confirm()];

  function rank(name: string): number {
    return name === message.person.phone ? 0 : name === message.person.userId ? 1 : 2;
  }

  function lose(other: Held | undefined, left: Names): Write[] {
    if (other === undefined) return [];
    const { phone, userId } = other.conversation.person;
    const lost = {
      ...(phone !== undefined && left.phone === undefined && { phone }),
      ...(userId !== undefined && left.userId === undefined && { user_id: userId }),
    };
    const fields = Object.keys(lost);
    if (fields.length === 0) return [];
    const when = fields.map((field) => `#${field} = :${field}`).join(' AND ');
    const key = conversationKey(other.conversation.id);
    return [async () => (await table.update(key, { remove: fields, when, values: lost })) !== undefined];
  }

  function setHistory([name, history]: readonly [string, History]): Write {
    const item = names.get(name);
    return async () => {
      if (item === undefined) return false;
      const set = { owners: ownersIn(history), version: item.version + 1 };
      return (await table.update(item.key, { set, ...unchanged(item) })) !== undefined;
    };
  }

  /** The names that the person of the conversation has once everything is written. */
  function namesNow(before: Names): Names {
    const { phone, userId } = message.person;
    const isOwn = (name: string | undefined) => name !== undefined && ownerNow(historyOf(name)) === id;
    return {
      ...(people.get(id) ?? before),
      ...(phone !== undefined && isOwn(phone) && { phone }),
      ...(userId !== undefined && isOwn(userId) && { userId }),
    };
  }

  function open(): Promise<boolean> {
    const { phone, userId } = namesNow({});
    const item = {
      ...conversationKey(id),
      ...{ channel: message.channel, number: message.number },
      account: newAccount(message.person, id, (name) => names.get(name)?.history ?? []),
      ...{ phone, user_id: userId },
      ...(owned.length > 0 && { names: new Set(owned) }),
      lane,
      ...{ fence: 0, lease_until: 0, retry_at: 0 },
      ...{ last_at: now, opened_at: now, last_sent_at: message.sentAt },
    };
    return table.put(item, { when: 'attribute_not_exists(#item)' });
  }

  function refresh({ conversation: { person }, names: known, lanes, lastAt }: Held): Write[] {
    const { phone, userId } = namesNow(person);
    const newNames = owned.filter((name) => !known.includes(name));
    const set = {
      ...(phone !== person.phone && { phone }),
      ...(userId !== person.userId && { user_id: userId }),
      ...(lastAt < freshSince && { last_at: now }),
    };
    const add = {
      ...(newNames.length > 0 && { names: new Set(newNames) }),
      ...(!lanes.includes(lane) && { lanes: new Set([lane]) }),
    };
    const remove = Object.entries({ phone, user_id: userId }).flatMap(([field, value]) =>
      field in set && value === undefined ? [field] : [],
    );
    if (Object.keys(set).length + Object.keys(add).length === 0) return [];
    const update = { set, add, remove, when: 'attribute_exists(#item)' };
    return [async () => (await table.update(conversationKey(id), update)) !== undefined];
  }

  function confirm(): Write[] {
    const { openedAt = now, lastAt = now } = own ?? {};
    // Never later than the conversation's own: what the name says of it must hold.
    const seenAt = lastAt < freshSince ? now : lastAt;
    return shown.flatMap((name) => {
      const item = names.get(name);
      if (item === undefined || ownerNow(historyOf(name)) !== id) return [];
      const isLane = name === laneName;
      const isLaneConfirmed = item.laneOf === id && item.seenAt >= freshSince;
      if (item.home === id && (!isLane || isLaneConfirmed)) return [];
      const set = { home: id, ...(isLane && { lane_of: id, seen_at: seenAt, opened_at: openedAt }) };
      const update = { set, add: { version: 1 }, when: 'attribute_exists(#owners)' };
      return [async () => (await table.update(item.key, update)) !== undefined];
    });
  }
}
