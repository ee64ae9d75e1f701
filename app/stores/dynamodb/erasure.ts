import { isDeepStrictEqual } from 'node:util';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import type { Aliases } from './aliases.ts';
import { type ConversationItem, conversationFrom } from './items/conversation.ts';
import { aliasFrom, type IdentityAlias } from './items/identity.ts';
import { conversationKey } from './items/keys.ts';
import type { MessageStates } from './message-states.ts';
import type { ConversationsOf } from './person.ts';

export interface ErasurePorts {
  readonly conversations: Table;
  readonly states: MessageStates;
  readonly aliases: Aliases;
  readonly conversationsOf: ConversationsOf;
}

/** Read and write are repeated when another process writes the identity's item in between. */
const MAX_ROUNDS = 10;

/**
 * Deletes a person from the tables, starting with the items furthest from the requested identity. The identity by which a
 * conversation was found is deleted last, so that a failed call can be repeated. The ids of messages stay, as keyed digests
 * without a person: otherwise a redelivery would store the person again.
 */
export function erasing({ conversations, states, aliases, conversationsOf }: ErasurePorts) {
  return async function erase(name: string): Promise<number> {
    const found = await conversationsOf(name);
    for (const { id, own, by } of [...found].reverse()) {
      if (own !== undefined) await eraseConversation(own, by);
      await drop(by, id);
    }
    return found.filter(({ own }) => own !== undefined).length;
  };

  async function eraseConversation({ conversation: { id } }: ConversationItem, but: IdentityAlias) {
    // A worker with the conversation loses its lease and cannot write any more.
    const item = await conversations.update(conversationKey(id), {
      set: { lease_until: 0 },
      remove: ['token'],
      when: 'attribute_exists(#item)',
    });
    if (item === undefined) return;
    const own = conversationFrom(item);
    await states.orphanAll(id, own.partitions);
    await eraseItems(id);
    for (const alias of await aliases.to(own)) {
      if (!isDeepStrictEqual(alias.key, but.key)) await drop(alias, id);
    }
    await conversations.delete(conversationKey(id));
    // Messages that arrived in between belong to the deleted conversation; later ones open a new one.
    await states.orphanAll(id, own.partitions);
  }

  /** Removes the conversation from the identity's history, also under concurrent writes. */
  async function drop({ identity, key }: IdentityAlias, id: ConversationId): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const item = await conversations.get(key);
      if (item === undefined) return;
      const alias = aliasFrom(identity, key, item);
      if (alias.history.every(({ conversation }) => conversation !== id)) return;
      if (await aliases.drop(alias, id)) return;
    }
    throw new Unavailable('an identity changes too fast to be erased', { scope: 'app', code: 'contended' });
  }

  /** Deletes the parts of all turns, and dead letters. */
  async function eraseItems(conversation: ConversationId): Promise<void> {
    const found = await conversations.query({
      where: '#conversation = :conversation',
      values: { conversation },
    });
    const items = found.map(({ item }) => String(item)).filter((item) => item !== 'conversation');
    await Promise.all(items.map((item) => conversations.delete({ conversation, item })));
  }
}
