import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import type { History } from '../../domain/identity/history.ts';
import { identities } from './identities.ts';
import { DONE, query } from './rows.ts';

/** A name under which a business number knows, or knew, somebody. */
interface NameRow {
  readonly channel: string;
  readonly number: string;
  readonly identity: string;
}

/**
 * Takes a person out of the file. To look for a name, whatever the business number, asks the whole table, as does the
 * last step; so rare a call may.
 */
export function erasing(database: DatabaseSync) {
  const peopleOf = finding(database);
  // The ids stay, as keyed digests, and belong to nobody: without them a redelivery would bring the person back.
  const emptyMessages = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL, conversation = '' WHERE conversation = ?`,
  );
  const dropParts = query(
    database,
    'DELETE FROM parts WHERE turn IN (SELECT id FROM turns WHERE conversation = ?)',
  );
  const dropTurns = query(database, 'DELETE FROM turns WHERE conversation = ?');
  // A message that comes after the erasure of its person is not asked: its id is known, and belongs to nobody.
  const disownCorrected = query(
    database,
    `INSERT INTO messages (id, conversation, sent_at, received_at, state)
     SELECT message, '', received_at, received_at, ${DONE} FROM corrections WHERE conversation = ?
     ON CONFLICT DO NOTHING`,
  );
  const dropCorrections = query(database, 'DELETE FROM corrections WHERE conversation = ?');
  const dropNames = query(database, 'DELETE FROM identities WHERE conversation = ?');
  const dropConversation = query(database, 'DELETE FROM conversations WHERE id = ?');

  const steps = [
    ...[emptyMessages, disownCorrected, dropCorrections],
    ...[dropParts, dropTurns, dropNames, dropConversation],
  ];

  return (_now: number, identity: string): number => {
    const found = peopleOf(identity);
    for (const id of found) for (const step of steps) step.run(id);
    return found.size;
  };
}

/**
 * Finds the conversations of whoever has the name now, or had it last when nobody has it; and those to which one of
 * that person's names belonged before and no name belongs any more.
 */
function finding(database: DatabaseSync): (identity: string) => ReadonlySet<ConversationId> {
  const { historyOf } = identities(database);
  const named = query<NameRow>(
    database,
    'SELECT DISTINCT channel, number, identity FROM identities WHERE identity = ?',
  );
  const namesOf = query<NameRow>(
    database,
    'SELECT DISTINCT channel, number, identity FROM identities WHERE conversation = ?',
  );
  const hasName = query(
    database,
    'SELECT 1 FROM identities WHERE conversation = ? AND until_at IS NULL LIMIT 1',
  );

  return (identity) => {
    const found = new Set<ConversationId>();
    const visit = (history: History) => {
      const last = history.at(-1)?.conversation;
      for (const { conversation } of history) {
        if (conversation === last || hasName.get(conversation) === undefined) found.add(conversation);
      }
    };
    const histories = (rows: readonly NameRow[]) =>
      rows.map(({ channel, number, identity: name }) => historyOf(channel, number, name));
    histories(named.all(identity)).forEach(visit);
    for (const id of found) {
      for (const history of histories(namesOf.all(id))) {
        if (history.at(-1)?.conversation === id) visit(history);
      }
    }
    return found;
  };
}
