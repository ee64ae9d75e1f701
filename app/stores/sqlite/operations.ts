import type { DatabaseSync } from 'node:sqlite';
import type { OldestTexts } from '../../ports/store.ts';
import { withoutAbsent } from '../shown.ts';
import { deadLetters } from './dead-letters.ts';
import { conversationsOfPerson, erasing } from './erasure.ts';
import { DEAD, OPEN } from './rows.ts';
import { showing } from './shown.ts';
import { query, type Statements } from './statements.ts';

/** Conversations as operators see them, dead letters and erasure. */
export function operations(database: DatabaseSync, statements: Statements) {
  const conversationsOf = conversationsOfPerson(database);
  const oldest = query<Record<keyof OldestTexts, number | null>>(
    database,
    `SELECT (SELECT min(received_at) FROM messages WHERE message IS NOT NULL AND state <> ${DEAD}) AS message,
       (SELECT min(received_at) FROM messages WHERE message IS NOT NULL AND state = ${DEAD}) AS deadLetter,
       (SELECT min(opened_at) FROM turns WHERE finished <> ${OPEN}
         AND EXISTS (SELECT 1 FROM parts WHERE parts.turn = turns.id AND text <> '')) AS part,
       (SELECT min(received_at) FROM corrections WHERE content IS NOT NULL) AS correction`,
  );

  return {
    ...showing(database, statements, conversationsOf),
    ...deadLetters(database, statements),
    erase: erasing(database, statements, conversationsOf),

    oldestTexts(_now: number): OldestTexts {
      const times = oldest.get();
      return times === undefined ? {} : withoutAbsent(times);
    },
  };
}
