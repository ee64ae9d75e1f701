import { Lexer, lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { withDoubles } from './format/doubles.ts';
import { inline, inside, isCitation } from './format/inline.ts';
import { below, linesOfSpans, type Place } from './format/lines.ts';
import { listLines } from './format/list.ts';
import { tellTable } from './format/table.ts';
import type { Block, Emphasis, Line, Reply } from './markup.ts';

/**
 * Markdown (CommonMark with GitHub's tables, task lists and strikethrough) as WhatsApp can show it. Never throws.
 * Text without Markdown stays as it is, down to its directional marks; a thematic break is the empty line it makes.
 */
export function format(markdown: string): Reply {
  if (isUnreadable(markdown)) return plain(markdown);
  try {
    return blocksOf(lexer(markdown));
  } catch {
    // Thousands of nested quotes overflow the stack of any recursive reader, and `marked` throws where it finds itself
    // in a loop. The words are still worth sending.
    return plain(markdown);
  }
}

/**
 * The inline rules of `marked` take quadratic time on long words full of markers: 10 s for 100,000 characters of
 * `a_a_a_`. No language has such words; a paragraph of this length in a script without spaces loses its emphasis.
 */
const isUnreadable = (text: string): boolean => text.split(/\s+/).some((word) => word.length > 4_000);

const TOP: Place = { quoted: false, depth: 0 };

function blocksOf(tokens: readonly Token[]): Block[] {
  const blocks: Block[] = [];
  let previous: string | undefined;
  for (const token of tokens) {
    const lines = linesOf(token, TOP);
    const above = blocks.at(-1);
    if (token.type === 'def' && previous === 'def' && above && lines.length > 0) {
      blocks[blocks.length - 1] = { ...above, lines: [...above.lines, ...lines] };
    } else if (lines.length > 0) {
      blocks.push({ lines, introduces: token.type === 'heading' || endsInColon(lines) });
    }
    if (token.type !== 'space' && (token.type !== 'def' || lines.length > 0)) previous = token.type;
  }
  return blocks;
}

function endsInColon(lines: readonly Line[]): boolean {
  return /[:：]\s*$/.test(lines.at(-1)?.spans.at(-1)?.text ?? '');
}

/** A text that is read as no Markdown: its paragraphs and lines. */
function plain(text: string): Block[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const lines = linesOfSpans([{ text: paragraph, within: [], address: false }], TOP);
    return lines.length === 0 ? [] : [{ lines, introduces: false }];
  });
}

function linesOf(anyToken: Token, place: Place): Line[] {
  // See `inline`: extensions could add tokens of other types; we use none.
  const token = anyToken as MarkedToken;
  switch (token.type) {
    case 'heading':
      return linesOfSpans(inline(token.tokens, inside([], '*')), place);
    case 'paragraph':
      return linesOfSpans(inline(token.tokens), place);
    case 'text':
      return linesOfSpans(inline(token.tokens ?? [token]), place);
    case 'code':
      return codeLines(token.text, place);
    case 'blockquote':
      return token.tokens.flatMap((child) => below(1, linesOf(child, { ...place, quoted: true })));
    case 'list':
      return listLines(token, place, linesOf);
    case 'table':
      return tableLines(token, place);
    case 'html':
      return htmlLines(token.text, place);
    case 'def':
      return isCitation(token.tag) ? htmlLines(token.raw, place) : [];
    default:
      return [];
  }
}

/**
 * Code keeps its lines between three backticks. A quote is made of single lines, so there each line is code by itself.
 * Three backticks in the code, or one at the end of a line, would end it: they become their doubles.
 */
function codeLines(code: string, place: Place): Line[] {
  const fence: Emphasis = { marker: '```' };
  const lines: Line[] = [];
  let gap = 1;
  for (const raw of code.split('\n')) {
    const text = raw.trimEnd().replace(place.quoted ? /`+/g : /^\s*`+|`+$|`{3,}/g, withDoubles);
    if (text === '') {
      if (lines.length > 0 && !place.quoted) gap += 1;
      continue;
    }
    const within = [place.quoted ? ({ marker: '`' } as const) : fence];
    lines.push({ gap, quoted: place.quoted, lead: '', spans: [{ text, within, address: false }] });
    gap = 1;
  }
  return lines;
}

function tableLines(table: Tokens.Table, place: Place): Line[] {
  return tellTable(table).flatMap(({ opensRow, lead, spans }) => {
    const [head, ...rest] = linesOfSpans(spans, place);
    if (!head) return [];
    return [{ ...head, lead: head.lead + lead, gap: opensRow && !place.quoted ? 2 : 1 }, ...rest];
  });
}

function htmlLines(text: string, place: Place): Line[] {
  if (/^\s*<(script|style)\b/i.test(text)) return [];
  return linesOfSpans(inline(Lexer.lexInline(text)), place);
}
