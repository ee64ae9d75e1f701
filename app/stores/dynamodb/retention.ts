import { z } from 'zod';
import type { Item, Key } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import { keptUntil } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Forgotten } from '../../ports/store.ts';
import type { Aliases } from './aliases.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type ConversationItem, conversationFrom, hasOpenTurn } from './items/conversation.ts';
import type { IdentityAlias } from './items/identity.ts';
import { conversationKey, turnIdOf } from './items/keys.ts';
import { readItem } from './items/read.ts';
import type { Messages } from './messages.ts';

/** The start key of the next scan. */
const CURSOR: Key = { conversation: 'forgetting', item: 'cursor' };

const cursor = z.object({ next_conversation: z.string().optional(), next_item: z.string().default('') });
const scanned = z.object({ conversation: z.string(), item: z.string(), expires_at: z.number().optional() });

export interface RetentionPorts {
  readonly conversations: Table;
  readonly messages: Messages;
  readonly aliases: Aliases;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/**
 * Deletes what DynamoDB's expiry cannot: inactive people, texts that belong to no reply, and texts of parts that are kept for
 * longer than their text, without one. Each call scans one page (1 MB)
 * of the table from where the last call stopped, so its cost is bounded. Ids, parts and dead letters are deleted by their
 * `expires_at`, free of charge.
 */
export function forgetting({ conversations, messages, aliases, deadLetters, clock }: RetentionPorts) {
  return async function forgetOld(): Promise<Forgotten> {
    const now = clock.now();
    const { items, next } = await conversations.scanPage(
      '(#item = :conversation AND #last_at < :quiet) OR (attribute_exists(#text) AND #written_at < :old)',
      { conversation: 'conversation', quiet: now - IDS_KEPT_MS, old: now - TEXT_KEPT_MS },
      await readCursor(),
    );
    let [rows, texts] = [0, 0];
    const unreadable: unknown[] = [];
    for (const item of items) {
      try {
        if (item.item === 'conversation') rows += await deleteConversation(item);
        else texts += await deleteText(readItem(scanned, item));
      } catch (error) {
        // An item of a newer release must not stop the scan; it is reported at the end of the page.
        if (error instanceof Unavailable) throw error;
        unreadable.push(error);
      }
    }
    const from = next && readItem(scanned, next);
    await conversations.put({ ...CURSOR, next_conversation: from?.conversation, next_item: from?.item });
    if (unreadable.length > 0) throw unreadable[0];
    return { texts, rows, hasMore: from !== undefined };
  };

  async function readCursor(): Promise<Key | undefined> {
    const item = await conversations.get(CURSOR);
    if (item === undefined) return undefined;
    const { next_conversation: conversation, next_item } = readItem(cursor, item);
    return conversation === undefined ? undefined : { conversation, item: next_item };
  }

  /**
   * The condition is an unchanged time of last use. An arriving message updates that time before it is stored, so it is
   * either found here among the waiting ones or keeps the conversation. The identities are deleted first: they are found
   * through the conversation only, and would stay for ever if the process died in between.
   */
  async function deleteConversation(item: Item): Promise<number> {
    const own = conversationFrom(item);
    const { conversation, partitions, lastAt, fence } = own;
    const { id } = conversation;
    if (keptUntil(lastAt, conversation.standing) >= clock.now()) return 0;
    if (hasOpenTurn(own) || (await messages.waitingFor(id, partitions)).length > 0) return 0;
    if (await deadLetters.existFor(id)) return 0;
    const dropped = await dropAliases(own);
    const condition = { when: '#last_at = :seen AND #fence = :fence', values: { seen: lastAt, fence } };
    if (await conversations.delete(conversationKey(id), condition)) return 1 + dropped.length;
    for (const alias of dropped) await aliases.restore(alias);
    return 0;
  }

  /** Resolves to its present and former identities. */
  async function dropAliases(own: ConversationItem): Promise<IdentityAlias[]> {
    const dropped: IdentityAlias[] = [];
    for (const alias of await aliases.to(own)) {
      if (await aliases.drop(alias, own.conversation.id)) dropped.push(alias);
    }
    return dropped;
  }

  /** Parts of an open turn may be needed for ever. The texts of others are not, and expiry deletes the rest. */
  async function deleteText({ conversation, item, expires_at }: z.infer<typeof scanned>): Promise<number> {
    const turnId = turnIdOf(conversation, item.split('.')[1] ?? '');
    const found = await conversations.get(conversationKey(conversation));
    const owner = found && conversationFrom(found);
    if (owner !== undefined && hasOpenTurn(owner) && owner.turn?.id === turnId) return 0;
    const cleared = await conversations.update(
      { conversation, item },
      {
        set: { expires_at: expires_at ?? Math.ceil(clock.now() / 1000) },
        remove: ['text'],
        when: 'attribute_exists(#item)',
      },
    );
    return cleared === undefined ? 0 : 1;
  }
}
