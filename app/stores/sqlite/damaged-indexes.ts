import type { DatabaseSync } from 'node:sqlite';
import { WAITING } from './rows.ts';

/** Messages that are in both indexes. Later ones may be in neither (`arrivals.ts`). */
const INDEXED = 'arrival <= (SELECT arrival FROM indexed)';
const WAITING_ROW = 'SELECT conversation, sent_at, arrival, received_at';

/** Each finds what is in one of the two and not in the other. */
const CHECKS: Readonly<Record<string, string>> = {
  'how far messages are indexed': 'SELECT 1 WHERE (SELECT count(*) FROM indexed) <> 1',
  'the index of ids misses a message': `SELECT 1 FROM messages
    WHERE ${INDEXED} AND arrival IS NOT (SELECT arrival FROM ids WHERE ids.id = messages.id)`,
  'the index of ids has an entry of no message': `SELECT 1 FROM ids
    WHERE id IS NOT (SELECT id FROM messages WHERE messages.arrival = ids.arrival)`,
  'a waiting message is not in the list of what waits': `${WAITING_ROW} FROM messages
    WHERE state = ${WAITING} AND ${INDEXED} EXCEPT ${WAITING_ROW} FROM waiting`,
  'the list of what waits has a message that does not wait': `${WAITING_ROW} FROM waiting
    EXCEPT ${WAITING_ROW} FROM messages WHERE state = ${WAITING}`,
};

/**
 * Returns what is wrong with the tables that are indexes of messages; undefined when they agree with the messages. SQLite's own
 * `integrity_check` sees tables without a relation in them.
 */
export function damageInLaterIndexes(database: DatabaseSync): string | undefined {
  return Object.keys(CHECKS).find((what) => database.prepare(`${CHECKS[what]} LIMIT 1`).get() !== undefined);
}
