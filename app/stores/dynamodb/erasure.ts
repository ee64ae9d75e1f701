import { isDeepStrictEqual } from 'node:util';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import type { Erased } from '../../ports/store.ts';
import type { Aliases } from './aliases.ts';
import { type ConversationItem, conversationFrom } from './items/conversation.ts';
import { aliasFrom, type IdentityAlias } from './items/identity.ts';
import { conversationKey, DEAD_LETTERS } from './items/keys.ts';
import type { MessageStates } from './message-states.ts';
import type { ConversationsOf } from './person.ts';

export interface ErasurePorts {
  readonly conversations: Table;
  readonly states: MessageStates;
  readonly aliases: Aliases;
  readonly conversationsOf: ConversationsOf;
}

const KINDS = ['messages', 'parts', 'deadLetters', 'corrections'] as const;
type Deleted = Pick<Erased, (typeof KINDS)[number]>;

/** Read and write are repeated when another process writes the identity's item in between. */
const MAX_ROUNDS = 10;

/**
 * Deletes a person from the tables, starting with the items furthest from the requested identity. The identity by which a
 * conversation was found is deleted last, so that a failed call can be repeated. The ids of messages stay, as keyed digests
 * without a person: otherwise a redelivery would store the person again.
 */
export function erasing({ conversations, states, aliases, conversationsOf }: ErasurePorts) {
  return async function erase(name: string): Promise<Erased> {
    const found = await conversationsOf(name);
    const erased = { conversations: 0, messages: 0, parts: 0, deadLetters: 0, corrections: 0 };
    const names = new Set<string>();
    for (const { id, own, by } of [...found].reverse()) {
      if (own !== undefined) {
        const deleted = await eraseConversation(own, by);
        for (const kind of KINDS) erased[kind] += deleted[kind];
        erased.conversations += 1;
        for (const identity of own.identities) names.add(identity);
      }
      await drop(by, id);
      names.add(by.identity);
    }
    const left = new Set<string>();
    for (const identity of names) if ((await aliases.of(identity)).length > 0) left.add(identity);
    return {
      ...erased,
      identities: [...names].filter((identity) => !left.has(identity)),
      identitiesOfOthers: [...left],
    };
  };

  async function eraseConversation(
    { conversation: { id } }: ConversationItem,
    but: IdentityAlias,
  ): Promise<Deleted> {
    const nothing = { messages: 0, parts: 0, deadLetters: 0, corrections: 0 };
    // A worker with the conversation loses its lease and cannot write any more.
    const item = await conversations.update(conversationKey(id), {
      set: { lease_until: 0 },
      remove: ['token'],
      when: 'attribute_exists(#item)',
    });
    if (item === undefined) return nothing;
    const own = conversationFrom(item);
    const before = await states.orphanAll(id, own.partitions);
    const items = await eraseItems(id);
    for (const alias of await aliases.to(own)) {
      if (!isDeepStrictEqual(alias.key, but.key)) await drop(alias, id);
    }
    await conversations.delete(conversationKey(id));
    // Messages that arrived in between belong to the deleted conversation; later ones open a new one.
    const late = await states.orphanAll(id, own.partitions);
    return {
      ...items,
      messages: before.messages + late.messages,
      corrections: before.corrections + late.corrections,
    };
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

  /** Deletes the parts of all turns, and dead letters. Resolves to how many. */
  async function eraseItems(conversation: ConversationId): Promise<Pick<Deleted, 'parts' | 'deadLetters'>> {
    const found = await conversations.query({
      where: '#conversation = :conversation',
      values: { conversation },
    });
    const items = found.map(({ item }) => String(item)).filter((item) => item !== 'conversation');
    await Promise.all(items.map((item) => conversations.delete({ conversation, item })));
    const deadLetters = items.filter((item) => item.startsWith(DEAD_LETTERS)).length;
    return { deadLetters, parts: items.length - deadLetters };
  }
}
