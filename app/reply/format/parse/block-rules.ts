import type { StateBlock } from 'markdown-it';

type Rule = (state: StateBlock, startLine: number, endLine: number, silent: boolean) => boolean;

const lineAt = (state: StateBlock, line: number): string =>
  state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);

const isInBlock = (state: StateBlock, line: number): boolean =>
  !state.isEmpty(line) && (state.sCount[line] ?? 0) >= state.blkIndent;

/** Quotes and lists in each other: deeper than this, their signs are text. Bounds the work as well as the reader's. */
const DEEPEST = 12;

/** Every line costs work at each level that it is nested in. */
export function upToDeepest(original: Rule): Rule {
  return (state, startLine, endLine, silent) =>
    state.level < DEEPEST && original(state, startLine, endLine, silent);
}

/** A list, but not of `+`: in a message that is a sign (`+ 200`), and would become the sign of the bullet. */
export function listWithoutPlus(original: Rule): Rule {
  return (state, startLine, endLine, silent) =>
    !lineAt(state, startLine).startsWith('+') && original(state, startLine, endLine, silent);
}

/** A table that keeps the cells of a row which has more of them than the table has columns: in the last one. */
export function tableWithAllCells(original: Rule): Rule {
  return (state, startLine, endLine, silent) => {
    const first = state.tokens.length;
    if (!original(state, startLine, endLine, silent)) return false;
    let columns = 0;
    let cells = 0;
    let line = startLine;
    for (const token of state.tokens.slice(first)) {
      if (token.type === 'tr_open') {
        line = token.map?.[0] ?? line;
        cells = 0;
      }
      if (token.type !== 'inline') continue;
      cells += 1;
      if (line === startLine) columns = cells;
      else if (cells === columns)
        token.content = [token.content, ...cellsOf(lineAt(state, line)).slice(columns)].join(' | ');
    }
    return true;
  };
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/**
 * A title that is underlined with `===`, on one line. A line of `---` under a paragraph is a rule: in a chat nobody
 * means the whole paragraph to be a heading.
 */
export const underlined: Rule = (state, startLine, endLine) => {
  const next = startLine + 1;
  if (next >= endLine || !isInBlock(state, next) || !/^={2,}\s*$/.test(lineAt(state, next))) return false;
  open(state, 'heading', startLine, next + 1, lineAt(state, startLine).trim());
  state.line = next + 1;
  return true;
};

const CITATION = /^\[(?:\d{1,9}|\^[^\]\s]{1,200})\]:/;
const DEFINITION = /^\[[^\]]{1,1000}\]:/;

/** What a citation such as `[1]` or `[^1]` stands for: it is said where it stands, up to the next one. */
export const citation: Rule = (state, startLine, endLine, silent) => {
  if (!CITATION.test(lineAt(state, startLine))) return false;
  if (silent) return true;
  let end = startLine + 1;
  while (end < endLine && isInBlock(state, end) && !DEFINITION.test(lineAt(state, end))) end += 1;
  const lines = Array.from({ length: end - startLine }, (_, index) =>
    lineAt(state, startLine + index).trim(),
  );
  open(state, 'citation', startLine, end, lines.join('\n'));
  state.line = end;
  return true;
};

/** A definition that no link uses, or could use, is a line like any other: `[Note]: five`. */
export function definitionOfAddress(original: Rule): Rule {
  return (state, startLine, endLine, silent) =>
    /^\[[^\]]{1,1000}\]:\s*<?(?:[a-z][a-z0-9+.-]{0,40}:\S|www\.|[/#.])/i.test(lineAt(state, startLine)) &&
    isReferredTo(state, DEFINITION.exec(lineAt(state, startLine))?.[0].slice(1, -2) ?? '') &&
    original(state, startLine, endLine, silent);
}

/** Two spellings of one label are equal, as CommonMark has it. */
const labelOf = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

/** What each text refers to in brackets, read once. */
const LABELS = new WeakMap<object, ReadonlySet<string>>();

function isReferredTo(state: StateBlock, label: string): boolean {
  const known = LABELS.get(state.env) ?? labelsIn(state.src);
  LABELS.set(state.env, known);
  return known.has(labelOf(label));
}

const labelsIn = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(/\[([^[\]]{1,1000})\](?!:)/g), ([, label = '']) => labelOf(label)));

function open(state: StateBlock, kind: string, from: number, to: number, content: string): void {
  state.push(`${kind}_open`, '', 1).map = [from, to];
  const inline = state.push('inline', '', 0);
  inline.content = content;
  inline.map = [from, to];
  inline.children = [];
  state.push(`${kind}_close`, '', -1);
}
