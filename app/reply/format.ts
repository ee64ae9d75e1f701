import { cleanCharacters } from './format/characters.ts';
import { codeLines } from './format/code.ts';
import { withoutHidden } from './format/hidden.ts';
import { inline, inside } from './format/inline.ts';
import { below, linesOfSpans, type Place } from './format/lines.ts';
import { listLines } from './format/list.ts';
import { withoutModelMarks } from './format/model-marks.ts';
import { type Node, nodesOf, type Table } from './format/nodes.ts';
import type { Env } from './format/parse.ts';
import { renderTable } from './format/table.ts';
import { unitsOf } from './format/units.ts';
import { unwrapped } from './format/whole.ts';
import type { Block, Emphasis, Line, Reply, Span } from './markup.ts';
import { resultOf } from './steps.ts';

/**
 * Returns Markdown (CommonMark with GitHub's tables, task lists and strikethrough) in the form that WhatsApp can show. Never
 * throws. Text without Markdown does not change, including directional marks; a thematic break becomes an empty line.
 */
export function format(markdown: string): Reply {
  return resultOf(formatting(markdown)).reply;
}

/**
 * Formats in steps, so that other work can run between them: yields the number of characters of each step. Takes time linear
 * in the length of the text. Reads at most `maxSource` characters of visible text, and ends early once the blocks hold more
 * than `maxUnits` UTF-16 units of text.
 */
export function* formatting(
  markdown: string,
  { maxSource = Infinity, maxUnits = Infinity }: Bounds = {},
): Generator<number, Formatted> {
  const marked = unwrapped(withoutModelMarks(markdown));
  yield markdown.length;
  const clean = cleanCharacters(marked);
  yield clean.length;
  const visible = withoutHidden(clean);
  yield clean.length;
  const source = visible.slice(0, maxSource);
  const env: Env = {};
  const nodes = nodesOf(source, env);
  yield source.length;
  const formatter = new Formatter(env, maxUnits);
  const reply = yield* formatter.blocks(nodes);
  return { reply, isWhole: formatter.isWhole && source.length === visible.length };
}

interface Bounds {
  readonly maxSource?: number;
  readonly maxUnits?: number;
}

export interface Formatted {
  readonly reply: Reply;
  /** False if text was left out because of a limit. */
  readonly isWhole: boolean;
}

const TOP: Place = { quoted: false, depth: 0 };

class Formatter {
  readonly #env: Env;
  #unitsLeft: number;

  constructor(env: Env, maxUnits: number) {
    this.#env = env;
    this.#unitsLeft = maxUnits;
  }

  get isWhole(): boolean {
    return this.#unitsLeft >= 0;
  }

  *blocks(nodes: readonly Node[]): Generator<number, Block[]> {
    const blocks: Block[] = [];
    let previous: Node | undefined;
    for (const node of nodes) {
      const lines = yield* this.#linesOf(node, TOP);
      const above = blocks.at(-1);
      if (node.type === 'citation' && previous?.type === 'citation' && above && lines.length > 0) {
        blocks[blocks.length - 1] = { ...above, lines: [...above.lines, ...lines] };
      } else if (lines.length > 0) {
        blocks.push({ lines, introduces: node.type === 'heading' || endsInColon(lines) });
      }
      previous = node;
    }
    return blocks;
  }

  /** Returns no lines once the limit is reached. */
  *#linesOf(node: Node, place: Place): Generator<number, Line[]> {
    if (this.#unitsLeft < 0) return [];
    switch (node.type) {
      case 'heading':
        return yield* linesOfSpans(yield* this.#read(node.content, inside([], '*')), place);
      case 'paragraph':
      case 'citation':
        return yield* linesOfSpans(yield* this.#read(node.content), place);
      case 'code':
        this.#unitsLeft -= node.text.length;
        yield node.text.length;
        return codeLines(node.text, place);
      case 'quote':
        return yield* this.#quoteLines(node.children, { ...place, quoted: true });
      case 'list':
        return yield* listLines(node, place, (child, below) => this.#linesOf(child, below));
      case 'table':
        return yield* this.#tableLines(node, place);
    }
  }

  *#read(markdown: string, outer?: readonly Emphasis[]): Generator<number, Span[]> {
    if (this.#unitsLeft < 0) return [];
    const spans = yield* inline(markdown, this.#env, outer, this.#unitsLeft);
    this.#unitsLeft -= unitsOf(spans);
    return spans;
  }

  *#quoteLines(children: readonly Node[], place: Place): Generator<number, Line[]> {
    const lines: Line[] = [];
    for (const [index, child] of children.entries()) {
      const node = index === 0 ? withoutQuoteMarks(child) : child;
      for (const line of below(1, yield* this.#linesOf(node, place))) lines.push(line);
    }
    return lines;
  }

  *#tableLines(table: Table, place: Place): Generator<number, Line[]> {
    const tableLines = yield* renderTable(table, (cell) => this.#read(cell));
    const lines: Line[] = [];
    for (const { opensRow, prefix, spans } of tableLines) {
      const [head, ...rest] = yield* linesOfSpans(spans, place);
      if (!head) continue;
      lines.push({ ...head, prefix: head.prefix + prefix, gap: opensRow && !place.quoted ? 2 : 1 }, ...rest);
    }
    return lines;
  }
}

/** Removes GitHub's `[!NOTE]` and quote signs nested too deeply to be parsed. */
function withoutQuoteMarks(node: Node): Node {
  if (node.type !== 'paragraph') return node;
  return { ...node, content: node.content.replace(/^(?:>[>\s]*|\[![A-Za-z]{1,40}\][+-]?[ \t]*)/, '') };
}

function endsInColon(lines: readonly Line[]): boolean {
  return /[:：]\s*$/.test(lines.at(-1)?.spans.at(-1)?.text ?? '');
}
