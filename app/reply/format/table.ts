import type { Emphasis, Span } from '../markup.ts';
import type { Table } from './nodes.ts';

/** One line of a rendered table: its list marker and its text. */
export interface TableLine {
  /** True for the first line of a row that takes several lines. */
  readonly opensRow: boolean;
  readonly prefix: '' | '- ';
  readonly spans: readonly Span[];
}

/**
 * Renders a table without columns, since a phone is too narrow. Two columns become pairs under the bold column names; more
 * become one group per row: its first cell in bold, then one line `column: value` per other cell. Empty cells are left
 * out.
 */
export function* renderTable(table: Table, read: ReadCell): Generator<number, TableLine[]> {
  const columns = yield* cellsOf(table.header, read);
  if (table.rows.length === 0)
    return [{ opensRow: false, prefix: '', spans: joined(columns.filter(isFilled), ' | ') }];
  return yield* columns.length <= 2
    ? renderPairs(columns, table.rows, read)
    : renderGroups(columns, table.rows, read);
}

/** Returns the text of a cell; yields how much was read. */
type ReadCell = (markdown: string) => Generator<number, Span[]>;

function* cellsOf(row: readonly string[], read: ReadCell): Generator<number, Words[]> {
  const cells: Words[] = [];
  for (const cell of row) cells.push(yield* read(cell));
  return cells;
}

type Words = readonly Span[];

const words = (spans: Words): string =>
  spans
    .map((span) => span.text)
    .join('')
    .trim();
const isFilled = (spans: Words): boolean => words(spans) !== '';

function* renderPairs(
  columns: readonly Words[],
  rows: Table['rows'],
  read: ReadCell,
): Generator<number, TableLine[]> {
  const head = joined(columns.filter(isFilled), ': ');
  const lines: TableLine[] = [];
  if (isFilled(head)) lines.push({ opensRow: false, prefix: '', spans: bold(head) });
  for (const row of rows) {
    const cells = (yield* cellsOf(row, read)).filter(isFilled);
    if (cells.length > 0) lines.push({ opensRow: false, prefix: '- ', spans: joined(cells, ': ') });
  }
  return lines;
}

function* renderGroups(
  columns: readonly Words[],
  rows: Table['rows'],
  read: ReadCell,
): Generator<number, TableLine[]> {
  const lines: TableLine[] = [];
  for (const row of rows) {
    const values = yield* cellsOf(row, read);
    const cells = values.map((value, index) => named(columns[index] ?? [], value)).filter(isFilled);
    for (const [index, spans] of cells.entries()) {
      lines.push(
        index === 0
          ? { opensRow: true, prefix: '', spans: bold(spans) }
          : { opensRow: false, prefix: '- ', spans },
      );
    }
  }
  return lines;
}

/** Returns `column: value`; nothing when there is no value. */
function named(column: Words, value: Words): Words {
  if (!isFilled(value) || !isFilled(column)) return value;
  return joined([column, value], ': ');
}

function joined(cells: readonly Words[], separator: string): Words {
  return cells.flatMap((cell, index) => {
    const previous = cells[index - 1];
    if (previous === undefined) return cell;
    const text = /\p{P}$/u.test(words(previous)) && separator === ': ' ? ' ' : separator;
    return [{ text, within: [], address: false }, ...cell];
  });
}

function bold(spans: Words): Words {
  const emphasis: Emphasis = { marker: '*' };
  return spans.map((span) => {
    if (span.address) return span;
    return { ...span, within: [emphasis, ...span.within.filter(({ marker }) => marker !== '*')] };
  });
}
