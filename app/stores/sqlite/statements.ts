import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Sends } from '../../domain/part.ts';
import { type ConversationRow, DONE, PART_STATES, type PartRow, type TurnRow } from './rows.ts';

/** A prepared statement with typed rows: `schema.ts` declares the types and SQLite enforces them (STRICT). */
export interface Query<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  /** Returns the number of changed rows. */
  run(...values: SQLInputValue[]): number;
}

export function query<Row>(database: DatabaseSync, sql: string): Query<Row> {
  const statement = database.prepare(sql);
  return {
    get: (...values) => statement.get(...values) as Row | undefined,
    all: (...values) => statement.all(...values) as Row[],
    run: (...values) => Number(statement.run(...values).changes),
  };
}

/** Prepares the statements shared by several parts of the store. */
export function prepareStatements(database: DatabaseSync) {
  const prepare = <Row>(sql: string) => query<Row>(database, sql);
  const writeSends = prepare(
    'UPDATE parts SET state = ?, progress = ?, code = ?, platform_id = ?, failures = ?, priced = ? WHERE key = ?',
  );

  return {
    conversation: prepare<ConversationRow>('SELECT * FROM conversations WHERE id = ?'),
    leased: prepare<ConversationRow & { readonly turn: string }>(
      'SELECT * FROM conversations WHERE id = ? AND token = ? AND turn IS NOT NULL',
    ),
    turn: prepare<TurnRow>('SELECT * FROM turns WHERE id = ?'),
    partsOfTurn: prepare<PartRow>('SELECT * FROM parts WHERE turn = ? ORDER BY position'),
    clearText: prepare("UPDATE parts SET text = '' WHERE key = ?"),
    deleteConversation: prepare('DELETE FROM conversations WHERE id = ?'),
    deleteIdentities: prepare('DELETE FROM identities WHERE conversation = ?'),
    deleteTurn: prepare('DELETE FROM turns WHERE id = ?'),
    deleteParts: prepare('DELETE FROM parts WHERE turn = ?'),
    messagesOf: prepare<{ readonly message: string }>(
      'SELECT message FROM messages WHERE turn = ? AND message IS NOT NULL ORDER BY sent_at, arrival',
    ),
    /** The messages of a turn count as answered, and their texts are deleted. */
    closeMessages: prepare(`UPDATE messages SET state = ${DONE}, message = NULL, turn = NULL WHERE turn = ?`),

    /** Stores the state of a part's sends. */
    writeSends(key: string, { state, progress, code, platformId, failures, priced }: Sends): void {
      const id = platformId === undefined ? null : Buffer.from(platformId, 'base64url');
      const failed = failures.length === 0 ? null : JSON.stringify(failures);
      writeSends.run(
        ...[PART_STATES.indexOf(state), progress ?? null, code ?? null, id, failed, priced ? 1 : 0],
        key,
      );
    },
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
