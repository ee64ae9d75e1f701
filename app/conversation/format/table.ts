import type { Tokens } from 'marked';
import type { Emphasis, Span } from '../markup.ts';
import { inline } from './inline.ts';

/** One line of a table as it is told: its marker for the list, and its words. */
export interface TableLine {
  /** Whether a row begins here that takes several lines. */
  readonly opensRow: boolean;
  readonly lead: '' | '- ';
  readonly spans: readonly Span[];
}

/**
 * A phone has no room for columns. Two columns become pairs under the bold names of the columns; more become one
 * group for each row: its first cell bold, then one line `column: value` for each other cell. Empty cells are left out.
 */
export function tellTable(table: Tokens.Table): TableLine[] {
  const columns = table.header.map((cell) => inline(cell.tokens));
  if (table.rows.length === 0)
    return [{ opensRow: false, lead: '', spans: joined(columns.filter(isFilled), ' | ') }];
  return columns.length <= 2 ? tellPairs(columns, table.rows) : tellGroups(columns, table.rows);
}

type Words = readonly Span[];

const words = (spans: Words): string =>
  spans
    .map((span) => span.text)
    .join('')
    .trim();
const isFilled = (spans: Words): boolean => words(spans) !== '';

function tellPairs(columns: readonly Words[], rows: readonly Tokens.TableCell[][]): TableLine[] {
  const head = joined(columns.filter(isFilled), ': ');
  const lines: TableLine[] = [];
  if (isFilled(head)) lines.push({ opensRow: false, lead: '', spans: bold(head) });
  for (const row of rows) {
    const cells = row.map((cell) => inline(cell.tokens)).filter(isFilled);
    if (cells.length > 0) lines.push({ opensRow: false, lead: '- ', spans: joined(cells, ': ') });
  }
  return lines;
}

function tellGroups(columns: readonly Words[], rows: readonly Tokens.TableCell[][]): TableLine[] {
  return rows.flatMap((row) => {
    const cells = row.map((cell, index) => named(columns[index] ?? [], inline(cell.tokens))).filter(isFilled);
    return cells.map(
      (spans, index): TableLine =>
        index === 0
          ? { opensRow: true, lead: '', spans: bold(spans) }
          : { opensRow: false, lead: '- ', spans },
    );
  });
}

/** `column: value`; nothing when there is no value. */
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
