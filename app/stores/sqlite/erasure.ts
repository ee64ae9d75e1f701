import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import { conversationsToErase } from '../../domain/identity/erasure.ts';
import type { Erased } from '../../ports/store.ts';
import { identities } from './identities.ts';
import { DONE } from './rows.ts';
import { query, type Statements } from './statements.ts';

/** A present or former identity of a person, in the scope of one number of a business. */
interface NameRow {
  readonly scope: string;
  readonly number: string;
  readonly identity: string;
}

/**
 * Deletes a person from the file. The look-up of an identity for all numbers of all businesses reads the whole table, as does the
 * last step: the call is rare.
 */
export function erasing(
  database: DatabaseSync,
  { deleteConversation, deleteIdentities }: Statements,
  conversationsOf: ConversationsOf,
) {
  // The ids stay, as keyed digests without a person: otherwise a redelivery would store the person again.
  const emptyMessages = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL, conversation = '' WHERE conversation = ?`,
  );
  const countDead = query<{ count: number }>(
    database,
    'SELECT count(*) AS count FROM turns WHERE conversation = ? AND gave_up_reason IS NOT NULL',
  );
  const identitiesOf = query<{ identity: string }>(
    database,
    'SELECT DISTINCT identity FROM identities WHERE conversation = ?',
  );
  const isNamed = query(database, 'SELECT 1 FROM identities WHERE identity = ? LIMIT 1');
  const deleteParts = query(
    database,
    'DELETE FROM parts WHERE turn IN (SELECT id FROM turns WHERE conversation = ?)',
  );
  const deleteTurns = query(database, 'DELETE FROM turns WHERE conversation = ?');
  // A message that arrives after the erasure of its person gets no reply: its id is known, without a person.
  const disownCorrected = query(
    database,
    `INSERT INTO messages (id, conversation, sent_at, received_at, state)
     SELECT message, '', received_at, received_at, ${DONE} FROM corrections WHERE conversation = ?
     ON CONFLICT DO NOTHING`,
  );
  const deleteCorrections = query(database, 'DELETE FROM corrections WHERE conversation = ?');

  function eraseConversation(id: ConversationId) {
    const deadLetters = countDead.get(id)?.count ?? 0;
    const messages = emptyMessages.run(id);
    disownCorrected.run(id);
    const corrections = deleteCorrections.run(id);
    const parts = deleteParts.run(id);
    for (const step of [deleteTurns, deleteIdentities, deleteConversation]) step.run(id);
    return { messages, parts, deadLetters, corrections };
  }

  return (_now: number, identity: string): Erased => {
    const found = [...conversationsOf(identity)];
    const names = [...new Set(found.flatMap((id) => identitiesOf.all(id).map((row) => row.identity)))];
    const erased = found.map(eraseConversation);
    const sum = (kind: keyof (typeof erased)[number]) => erased.reduce((count, one) => count + one[kind], 0);
    return {
      conversations: found.length,
      ...{ messages: sum('messages'), parts: sum('parts') },
      ...{ deadLetters: sum('deadLetters'), corrections: sum('corrections') },
      identities: names.filter((name) => isNamed.get(name) === undefined),
      identitiesOfOthers: names.filter((name) => isNamed.get(name) !== undefined),
    };
  };
}

export type ConversationsOf = (identity: string) => ReadonlySet<ConversationId>;

/** Returns a function that finds all conversations of a person by one identity. */
export function conversationsOfPerson(database: DatabaseSync): ConversationsOf {
  const { historyIn } = identities(database);
  const named = query<NameRow>(
    database,
    'SELECT DISTINCT scope, number, identity FROM identities WHERE identity = ?',
  );
  const namesOf = query<NameRow>(
    database,
    'SELECT DISTINCT scope, number, identity FROM identities WHERE conversation = ?',
  );
  const hasName = query(
    database,
    'SELECT 1 FROM identities WHERE conversation = ? AND until_at IS NULL LIMIT 1',
  );

  const histories = (rows: readonly NameRow[]) =>
    rows.map(({ scope, number, identity }) => ({
      name: identity,
      history: historyIn(scope, number, identity),
    }));

  return (identity) =>
    conversationsToErase(identity, {
      historiesOf: (name) => histories(named.all(name)).map(({ history }) => history),
      historiesWith: (conversation) => histories(namesOf.all(conversation)),
      hasName: (conversation) => hasName.get(conversation) !== undefined,
    });
}
