import type { DatabaseSync } from 'node:sqlite';
import { conversationIdOf } from '../../domain/business.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { isCorrection } from '../../domain/correction.ts';
import { newAssistantUserId, resolve, settledConversation } from '../../domain/identity/resolve.ts';
import { rememberedId } from '../../domain/identity.ts';
import { type Message, needsTurn } from '../../domain/message.ts';
import type { Acceptance } from '../../ports/store.ts';
import type { Arrivals } from './arrivals.ts';
import { checksumOf } from './checksums.ts';
import { corrections as correctionsIn } from './corrections.ts';
import { identities } from './identities.ts';
import { type ConversationRow, intactConversation } from './rows.ts';
import { storeSecret } from './schema.ts';
import { query, type Statements } from './statements.ts';
import { recordingStatuses } from './statuses.ts';

/**
 * The hot path: for a known person, one look-up of the id, one of corrections, one per identity and one insert per message.
 * The transaction locks the file from its start (BEGIN IMMEDIATE), so no other process writes in between. A redelivered
 * message must not update its person, who may have changed identity or been erased since.
 */
export function inbox(database: DatabaseSync, arrivals: Arrivals, statements: Statements) {
  const conversationOf = conversations(database, statements);
  const secret = storeSecret(database);
  const corrections = correctionsIn(database, secret, arrivals);

  function acceptOne(now: number, message: Message): Acceptance {
    const id = rememberedId(secret, message);
    const earlier = arrivals.find(id);
    if (earlier !== undefined) return earlier;
    const conversation = conversationOf(now, message);
    const toAnswer = toBeAnswered(now, id, conversation, message);
    const text = toAnswer === undefined ? null : JSON.stringify(toAnswer);
    arrivals.add(id, conversation, message.sentAt, now, text);
    return { outcome: toAnswer === undefined ? 'done' : 'new', conversation };
  }

  /** Returns the message with its corrections; undefined when it needs no reply. */
  function toBeAnswered(now: number, id: Buffer, conversation: ConversationId, message: Message) {
    if (isCorrection(message)) corrections.correct(now, message, id, conversation);
    return needsTurn(message) ? corrections.apply(id, conversation, message) : undefined;
  }

  return {
    accept: (now: number, messages: readonly Message[]) => messages.map((message) => acceptOne(now, message)),
    recordStatuses: recordingStatuses(database, statements),
  };
}

/** The columns that a new row leaves to `schema.ts`. */
const NEW_CONVERSATION = {
  ...{ language: null, registered: 0 },
  ...{ thread: null, thread_at: null, thread_state: null, questions: null, standing: null },
};

/** Stores the person's identities from a message and returns the message's conversation. */
function conversations(
  database: DatabaseSync,
  statements: Statements,
): (now: number, message: Message) => ConversationId {
  const { historyOf, setHistory } = identities(database);
  // The random number generator of SQLite is seeded by the operating system.
  const newId = query<{ id: ConversationId }>(database, 'SELECT lower(hex(randomblob(16))) AS id');
  const open = query(
    database,
    `INSERT INTO conversations (id, channel, number, phone, user_id, account, last_at, last_sent_at, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setPerson = query(
    database,
    'UPDATE conversations SET phone = ?, user_id = ?, checksum = ? WHERE id = ?',
  );

  function find(id: ConversationId): ConversationRow | undefined {
    const row = statements.conversation.get(id);
    return row && intactConversation(row);
  }

  function setPersonOf(id: ConversationId, phone: string | null, user_id: string | null): void {
    const row = find(id);
    if (row !== undefined)
      setPerson.run(phone, user_id, checksumOf('conversations', { ...row, phone, user_id }), id);
  }

  function personOf(id: ConversationId) {
    const row = find(id);
    if (row === undefined) return undefined;
    return {
      lastSentAt: row.last_sent_at,
      ...(row.phone !== null && { phone: row.phone }),
      ...(row.user_id !== null && { userId: row.user_id }),
    };
  }

  return (now, message) => {
    const { channel, number, person, sentAt } = message;
    const history = (name: string) => historyOf(message, name);
    const settled = settledConversation(message, history);
    if (settled !== undefined) return settled;
    const known = { historyOf: history, personOf };
    const resolution = resolve(
      message,
      known,
      () => conversationIdOf(message.business, newId.get()?.id ?? ''),
      now,
    );
    const { conversation } = resolution;
    const isNew = conversation !== '' && find(conversation) === undefined;
    for (const [id, { phone = null, userId = null }] of resolution.people)
      if (!isNew || id !== conversation) setPersonOf(id, phone, userId);
    if (isNew) {
      const { phone = null, userId = null } = resolution.people.get(conversation) ?? {};
      const account = newAssistantUserId(person, conversation, history);
      const columns = { id: conversation, channel, number, phone, user_id: userId, account };
      const sum = checksumOf('conversations', { ...NEW_CONVERSATION, ...columns });
      open.run(...Object.values(columns), now, sentAt, sum);
    }
    for (const [name, changed] of resolution.histories) setHistory(message, name, changed);
    return conversation;
  };
}
