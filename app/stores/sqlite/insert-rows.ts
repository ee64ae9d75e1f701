import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { query } from './statements.ts';

/** Rows of one statement: each call of SQLite costs as much as two rows, and each statement of another size is compiled. */
const ROWS = 32;

/** Returns a function that inserts rows, many with one statement. `columns`: the names of all columns of a row, in order. */
export function insertingRows(database: DatabaseSync, table: string, columns: readonly string[]) {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const prepare = (rows: number) =>
    query(
      database,
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`,
    );
  const [one, many] = [prepare(1), prepare(ROWS)];
  return (rows: readonly (readonly SQLInputValue[])[]): void => {
    let from = 0;
    for (; from + ROWS <= rows.length; from += ROWS) many.run(...rows.slice(from, from + ROWS).flat());
    for (const values of rows.slice(from)) one.run(...values);
  };
}
