import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/**
 * SQLite's pages have no checksum: a bit that flips on the disk inside a text is returned as if it had been written. So the
 * rows from which people are answered hold a CRC-32 of what was written, which finds every single flipped bit. It covers what
 * decides which text goes to whom; counters and times are not covered (docs/decisions/0033-flipped-bits.md).
 */

type Value = string | number | null | Uint8Array;

/** A stored row is not what was written. The call fails and nothing of the row is used; other rows are not affected. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow';

  constructor(what: string) {
    super(`${what} is not what was stored: the disk or the file is damaged`);
  }
}

/** The columns that a checksum covers, in its order. */
const COVERED = {
  messages: ['id', 'conversation', 'sent_at', 'message'],
  corrections: ['message', 'conversation', 'stamp', 'content'],
  identities: ['scope', 'number', 'identity', 'conversation', 'from_at', 'until_at'],
  parts: ['key', 'turn', 'position', 'text', 'template', 'thread', 'question'],
  conversations: [
    ...['id', 'channel', 'number', 'phone', 'user_id', 'account', 'language', 'registered'],
    ...['thread', 'thread_at', 'thread_state', 'questions', 'standing'],
  ],
  secrets: ['name', 'value'],
} as const;

type Table = keyof typeof COVERED;
type Covered<Name extends Table> = Readonly<Record<(typeof COVERED)[Name][number], Value>>;
export type Stored<Name extends Table> = Covered<Name> & { readonly checksum: number | null };

/** Returns the checksum to store with a row: of its bytes, then of its other columns, in their order. */
export function checksumOf<Name extends Table>(table: Name, row: Covered<Name>): number {
  let sum = 0;
  let text = '';
  for (const column of COVERED[table]) {
    const value = row[column as keyof Covered<Name>];
    if (value instanceof Uint8Array) sum = crc32(value, sum);
    else text += `\0${value}`;
  }
  return crc32(text, sum);
}

/** Returns the row. Throws `DamagedRow` when it is not what was written. */
export function intact<Name extends Table, Row extends Stored<Name>>(
  table: Name,
  what: string,
  row: Row,
): Row {
  // The text of a part is deleted with its checksum, so that no single bit makes a text a deleted one.
  if (table === 'parts' && row.checksum === null && 'text' in row && row.text === '') return row;
  if (row.checksum !== checksumOf(table, row)) throw new DamagedRow(what);
  return row;
}

/** Makes `checksum(table, columns...)` a function of the connection's SQL. */
export function defineChecksum(database: DatabaseSync): void {
  database.function('checksum', { varargs: true, deterministic: true }, (name, ...values) => {
    const table = name as Table;
    const row = Object.fromEntries(COVERED[table].map((column, at) => [column, values[at]]));
    return checksumOf(table, row as Covered<typeof table>);
  });
}

/** Rows whose text is deleted have no checksum: it would tell whether a guessed text was the one. */
const PRESENT: { readonly [Name in Table]?: string } = {
  messages: 'message IS NOT NULL',
  parts: "text <> ''",
};

/** Returns SQL that takes the rows of a table as they are. It calls the function that `defineChecksum` makes. */
export function trusting(table: Table): string {
  const present = PRESENT[table] ?? 'true';
  return `UPDATE ${table} SET checksum = checksum('${table}', ${COVERED[table].join(', ')}) WHERE ${present};`;
}

/** Adds the column to a new file and to one of an earlier schema. */
export const ADD_CHECKSUMS = (Object.keys(COVERED) as Table[])
  .map((table) => `ALTER TABLE ${table} ADD COLUMN checksum INTEGER; ${trusting(table)}`)
  .join('\n');
