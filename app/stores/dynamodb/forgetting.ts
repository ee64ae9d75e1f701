import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import { optionalText, type Row, text } from './attributes.ts';
import type { Leads, NameItem } from './leads.ts';
import { conversationKey, turnIdOf } from './names.ts';
import { type Held, heldFrom } from './rows.ts';
import type { Stage } from './stage.ts';
import type { Key, Table } from './table.ts';

/** Where the next look through the table begins. */
const CURSOR: Key = { conversation: 'forgetting', item: 'cursor' };

interface ForgettingParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly leads: Leads;
  readonly hasLetter: (conversation: ConversationId) => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * Deletes what DynamoDB's own expiry cannot: people who have been quiet for long, and words that belong to nothing.
 * Each call looks at one page (1 MB) of the table, from where the last call stopped, so its price is known. Ids,
 * parts and dead letters go by their `expires_at`, for nothing.
 */
export function forgetting({ conversations, stage, leads, hasLetter, clock }: ForgettingParts) {
  return async function forgetOld(): Promise<number> {
    const cursor = await conversations.get(CURSOR);
    const from = cursor && optionalText(cursor, 'next_conversation');
    const start =
      from === undefined ? undefined : startAt(from, optionalText(cursor ?? {}, 'next_item') ?? '');
    const now = clock.now();
    const { rows, next } = await conversations.scanPage(
      '(#item = :conversation AND #last_at < :quiet) OR (attribute_exists(#text) AND #written_at < :old)',
      { conversation: 'conversation', quiet: now - IDS_KEPT_MS, old: now - TEXT_KEPT_MS },
      start,
    );
    let gone = 0;
    const unreadable: unknown[] = [];
    for (const row of rows) {
      try {
        if (text(row, 'item') === 'conversation') gone += await forgetPerson(row);
        else await forgetWords(row);
      } catch (error) {
        // What a newer release wrote must not keep the look from going on; it is told when the page is done.
        if (error instanceof Unavailable) throw error;
        unreadable.push(error);
      }
    }
    await conversations.put({
      ...CURSOR,
      next_conversation: next && text(next, 'conversation'),
      next_item: next && text(next, 'item'),
    });
    if (unreadable.length > 0) throw unreadable[0];
    return gone;
  };

  /**
   * The condition is the moment when it was last used: a message that comes now has set a new one before it was
   * stored, so it either is seen here among the waiting ones or keeps the conversation. The names go first: they are
   * found by the conversation only, and would stay for ever if the process died in between.
   */
  async function forgetPerson(row: Row): Promise<number> {
    const held = heldFrom(row);
    const { conversation, lanes, lastAt, fence } = held;
    if (isOpen(held) || (await stage.waitingFor(conversation.id, lanes)).length > 0) return 0;
    if (await hasLetter(conversation.id)) return 0;
    const names = await forgetNames(held);
    const condition = { when: '#last_at = :seen AND #fence = :fence', values: { seen: lastAt, fence } };
    if (await conversations.delete(conversationKey(conversation.id), condition)) return 1 + names.length;
    for (const name of names) await leads.restore(name);
    return 0;
  }

  /** Returns those that belonged to it, now or before. */
  async function forgetNames(held: Held): Promise<NameItem[]> {
    const gone: NameItem[] = [];
    for (const item of await leads.to(held)) {
      if (await leads.drop(item, held.conversation.id)) gone.push(item);
    }
    return gone;
  }

  /** Parts of an open turn may be needed for ever; others nobody will ask for again, and expiry takes what is left. */
  async function forgetWords(row: Row): Promise<void> {
    const conversation = text(row, 'conversation');
    const item = text(row, 'item');
    const turnId = turnIdOf(conversation, item.split('.')[1] ?? '');
    const owner = await conversations.get(conversationKey(conversation));
    const held = owner && heldFrom(owner);
    if (held !== undefined && isOpen(held) && held.turn?.id === turnId) return;
    await conversations.update(
      { conversation, item },
      {
        set: { expires_at: Math.ceil(clock.now() / 1000) },
        remove: ['text'],
        when: 'attribute_exists(#item)',
      },
    );
  }
}

function isOpen({ turn }: Held): boolean {
  return turn !== undefined && turn.finishedBy === undefined;
}

function startAt(conversation: string, item: string): Row {
  return { conversation: { S: conversation }, item: { S: item } };
}
