import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { type History, ownerNow } from '../../domain/identity/history.ts';
import { newAssistantUserId, type Resolution } from '../../domain/identity/resolve.ts';
import { identitiesOf, primaryIdentity } from '../../domain/identity.ts';
import type { Message, Person } from '../../domain/message.ts';
import type { ConversationItem } from './items/conversation.ts';
import { aliasUnchanged, type IdentityAlias, ownersIn } from './items/identity.ts';
import { conversationKey } from './items/keys.ts';

/** Resolves to false when the item has changed since the read. */
export type Write = () => Promise<boolean>;

interface Plan {
  readonly message: Message;
  readonly resolution: Resolution;
  /** Of every identity in the message. */
  readonly aliases: ReadonlyMap<string, IdentityAlias>;
  /** Every present or former conversation of the identities. */
  readonly owners: ReadonlyMap<ConversationId, ConversationItem>;
  readonly partition: string;
  readonly now: number;
  /** A conversation last used before this time may be deleted soon. */
  readonly freshSince: number;
}

type Names = Pick<Person, 'phone' | 'userId'>;

/**
 * Returns the conditional writes needed before a message may be stored in its conversation, in an order that a redelivery
 * can continue after a crash between any two of them:
 * 1. conversations that lose an identity, so that nothing more is sent to it;
 * 2. for a new conversation, one identity, which decides among several processes what its id is;
 * 3. the conversation itself, which lists its identities and partitions;
 * 4. the other identities;
 * 5. that the conversation exists, in the identities that the message shows.
 */
export function writesFor(plan: Plan, table: Table): Write[] {
  const { message, resolution, aliases, owners, partition, now, freshSince } = plan;
  const { conversation: id, histories, people } = resolution;
  const shown = identitiesOf(message.person);
  const partitionName = primaryIdentity(message.person);
  const own = owners.get(id);
  const historyOf = (name: string): History => histories.get(name) ?? aliases.get(name)?.history ?? [];
  const owned = [...aliases.keys()].filter((name) =>
    historyOf(name).some(({ conversation }) => conversation === id),
  );

  const losing = [...people].flatMap(([other, person]) =>
    other === id ? [] : lose(owners.get(other), person),
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

  function lose(other: ConversationItem | undefined, left: Names): Write[] {
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
    const alias = aliases.get(name);
    return async () => {
      if (alias === undefined) return false;
      const set = { owners: ownersIn(history), version: alias.version + 1 };
      return (await table.update(alias.key, { set, ...aliasUnchanged(alias) })) !== undefined;
    };
  }

  /** Returns the identities that the person of the conversation has once everything is written. */
  function identitiesNow(before: Names): Names {
    const { phone, userId } = message.person;
    const isOwn = (name: string | undefined) => name !== undefined && ownerNow(historyOf(name)) === id;
    return {
      ...(people.get(id) ?? before),
      ...(phone !== undefined && isOwn(phone) && { phone }),
      ...(userId !== undefined && isOwn(userId) && { userId }),
    };
  }

  function open(): Promise<boolean> {
    const { phone, userId } = identitiesNow({});
    const item = {
      ...conversationKey(id),
      ...{ channel: message.channel, number: message.number },
      account: newAssistantUserId(message.person, id, (name) => aliases.get(name)?.history ?? []),
      ...{ phone, user_id: userId },
      ...(owned.length > 0 && { identities: new Set(owned) }),
      partition,
      ...{ fence: 0, lease_until: 0, retry_at: 0 },
      ...{ last_at: now, opened_at: now, last_sent_at: message.sentAt },
    };
    return table.put(item, { when: 'attribute_not_exists(#item)' });
  }

  function refresh({ conversation: { person }, identities, partitions, lastAt }: ConversationItem): Write[] {
    const { phone, userId } = identitiesNow(person);
    const added = owned.filter((name) => !identities.includes(name));
    const set = {
      ...(phone !== person.phone && { phone }),
      ...(userId !== person.userId && { user_id: userId }),
      ...(lastAt < freshSince && { last_at: now }),
    };
    const add = {
      ...(added.length > 0 && { identities: new Set(added) }),
      ...(!partitions.includes(partition) && { partitions: new Set([partition]) }),
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
    // Never later than the conversation's own: the identity's copy must stay valid.
    const seenAt = lastAt < freshSince ? now : lastAt;
    return shown.flatMap((name) => {
      const alias = aliases.get(name);
      if (alias === undefined || ownerNow(historyOf(name)) !== id) return [];
      const isOfPartition = name === partitionName;
      const isPartitionConfirmed = alias.partitionOf === id && alias.seenAt >= freshSince;
      if (alias.conversation === id && (!isOfPartition || isPartitionConfirmed)) return [];
      const partitionUse = { partition_of: id, seen_at: seenAt, opened_at: openedAt };
      const set = { conversation_id: id, ...(isOfPartition && partitionUse) };
      const update = { set, add: { version: 1 }, when: 'attribute_exists(#owners)' };
      return [async () => (await table.update(alias.key, update)) !== undefined];
    });
  }
}
