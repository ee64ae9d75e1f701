import type { DatabaseSync } from 'node:sqlite';
import { TAKEN_BACK } from '../../conversation/correction.ts';
import type { ConversationId } from '../../ports.ts';
import { DEAD, DONE, query, TAKEN, WAITING } from './rows.ts';

/**
 * Takes a person out of the file. An identity that was seen with two people leads to the newer one; the other
 * conversation still holds it and goes too. That asks the whole table, which so rare a call may.
 */
export function erasing(database: DatabaseSync) {
  const find = query<{ id: ConversationId }>(
    database,
    `WITH RECURSIVE found (id) AS (
       SELECT conversation FROM identities WHERE identity = ?1
       UNION
       SELECT id FROM conversations WHERE ?1 IN (phone, user_id, account)
       UNION
       SELECT conversations.id FROM found JOIN identities ON identities.conversation = found.id
       JOIN conversations ON identity IN (phone, user_id, account)
     ) SELECT id FROM found`,
  );
  // The ids stay, as hashes: without them a redelivery would bring the person back.
  const emptyWaiting = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL WHERE conversation = ? AND state = ${WAITING}`,
  );
  const emptyTurns = query(
    database,
    `UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL
     WHERE state IN (${TAKEN}, ${DEAD}) AND turn IN (SELECT id FROM turns WHERE conversation = ?)`,
  );
  const dropParts = query(
    database,
    'DELETE FROM parts WHERE turn IN (SELECT id FROM turns WHERE conversation = ?)',
  );
  const dropTurns = query(database, 'DELETE FROM turns WHERE conversation = ?');
  // A message that comes after the erasure of its person is not asked.
  const emptyCorrections = query(
    database,
    'UPDATE corrections SET stamp = ?, content = NULL WHERE conversation = ?',
  );
  const dropNames = query(database, 'DELETE FROM identities WHERE conversation = ?');
  const dropConversation = query(database, 'DELETE FROM conversations WHERE id = ?');

  return (_now: number, identity: string): number => {
    const found = find.all(identity);
    for (const { id } of found) {
      emptyCorrections.run(TAKEN_BACK.stamp, id);
      for (const step of [emptyWaiting, emptyTurns, dropParts, dropTurns, dropNames, dropConversation]) {
        step.run(id);
      }
    }
    return found.length;
  };
}
