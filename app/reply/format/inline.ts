import { decodeHTMLStrict } from 'entities';
import type { Emphasis, Marker, Span } from '../markup.ts';
import { cleanCharacters } from './characters.ts';
import { readTag, type Tag } from './html.ts';
import { withLookalikes } from './lookalikes.ts';
import { type Env, inlineTokens, type Token } from './parse.ts';
import { type Height, raised } from './raised.ts';
import { runsOf } from './runs.ts';
import { plainAddress, reachable, withoutUserinfo } from './targets.ts';
import { unitsOf } from './units.ts';

const NONE: readonly Emphasis[] = [];

/**
 * Returns the text of one block's inline Markdown with its emphasis. A line feed in a span's text ends a line. Yields the
 * number of characters of each run that was read; ends once the text exceeds `maxUnits`.
 */
export function* inline(
  markdown: string,
  env: Env,
  outer: readonly Emphasis[] = NONE,
  maxUnits = Infinity,
): Generator<number, Span[]> {
  const runs = runsOf(markdown);
  if (runs === undefined) return [{ text: markdown.slice(0, maxUnits + 1), within: outer, address: false }];
  const reader = new InlineReader(outer);
  let units = 0;
  for (const run of runs) {
    const first = reader.spans.length;
    if (units > maxUnits) break;
    reader.endSpan();
    for (const token of inlineTokens(run, env)) reader.read(token);
    units += unitsOf(reader.spans.slice(first));
    yield run.length;
  }
  return reader.spans.map((span) => ({ ...span, text: withoutUserinfo(span.text) }));
}

/** Adds a range of emphasis, unless its marker is open already. */
export function inside(within: readonly Emphasis[], marker: Marker): readonly Emphasis[] {
  if (within.some((emphasis) => emphasis.marker === marker || emphasis.marker === '`')) return within;
  return [...within, { marker }];
}

const EMPHASIS: ReadonlyMap<string, Marker> = new Map([
  ['strong', '*'],
  ['em', '_'],
  ['s', '~'],
]);

/** Reads token by token, since HTML tags are separate tokens that open and close in any order. */
class InlineReader {
  readonly spans: Span[] = [];
  readonly #outer: readonly Emphasis[];
  #within: readonly Emphasis[];
  /** The outer emphasis of each open emphasis of Markdown. */
  readonly #around: (readonly Emphasis[])[] = [];
  #link: { readonly href: string; readonly from: number } | undefined;
  /** Number of complete spans: the next text starts a new span, since markup was between. */
  #complete = 0;
  #htmlTarget: string | undefined;
  #raised: Height | undefined;
  /** Number of cells begun in the current row of HTML; undefined outside of rows. */
  #cells: number | undefined;
  #isQuoted = false;

  constructor(outer: readonly Emphasis[]) {
    this.#outer = outer;
    this.#within = outer;
  }

  /** The next text starts a new span. */
  endSpan(): void {
    this.#complete = this.spans.length;
  }

  read(token: Token): void {
    switch (token.type) {
      case 'strong_open':
      case 'em_open':
      case 's_open':
        this.#around.push(this.#within);
        this.#within = inside(this.#within, EMPHASIS.get(token.type.slice(0, -'_open'.length)) ?? '*');
        break;
      case 'strong_close':
      case 'em_close':
      case 's_close':
        this.#within = this.#around.pop() ?? this.#outer;
        break;
      case 'code_inline':
        // WhatsApp's inline code cannot contain a backtick.
        this.#add(token.content.replace(/`+/g, withLookalikes), inside(this.#within, '`'));
        break;
      case 'softbreak':
        this.#endLine();
        break;
      case 'hardbreak':
        this.#addText('\n');
        break;
      case 'address':
        this.#addAddress(cleanCharacters(decodeHTMLStrict(token.content)));
        break;
      case 'link_open':
        this.#link = { href: token.attrGet('href') ?? '', from: this.spans.length };
        this.#complete = this.spans.length;
        break;
      case 'link_close':
        this.#endLink();
        break;
      case 'image':
        this.#image(token);
        break;
      case 'html_inline':
        this.#tag(readTag(token.content));
        break;
      case 'text_special':
        // An entity may name any character.
        this.#addText(cleanCharacters(token.content).replace('\uFFFD', ''));
        break;
      default:
        this.#addText(token.content);
    }
  }

  #addText(text: string): void {
    this.#add(this.#raised === undefined ? text : raised(text, this.#raised), this.#within);
  }

  /** Appends to the last span unless markup was between: spans are divided only at markup. */
  #add(text: string, within: readonly Emphasis[]): void {
    if (text === '') return;
    const last = this.spans.at(-1);
    const isSame = last && !last.address && last.within === within && this.spans.length > this.#complete;
    if (isSame) this.spans[this.spans.length - 1] = { ...last, text: last.text + text };
    else this.spans.push({ text, within, address: false });
  }

  #addAddress(text: string): void {
    this.spans.push({ text, within: NONE, address: true });
  }

  #endLink(): void {
    const { href, from } = this.#link ?? { href: '', from: this.spans.length };
    this.#link = undefined;
    this.spans.push(...named(this.spans.splice(from), href));
    this.#complete = this.spans.length;
  }

  /** Shows an image as its description; for a linked image the link is more useful than the image's address. */
  #image(token: Token): void {
    const alt = new InlineReader(this.#within);
    for (const child of token.children ?? []) alt.read(child);
    const words = this.#link ? alt.spans : named(alt.spans, token.attrGet('src') ?? '');
    this.spans.push(...words);
    this.#complete = this.spans.length;
  }

  #tag(tag: Tag): void {
    this.#complete = this.spans.length;
    switch (tag.kind) {
      case 'text':
        this.#addText(tag.text);
        break;
      case 'endOfLine':
        this.#endLine();
        break;
      case 'opens':
        this.#within = inside(this.#within, tag.marker);
        break;
      case 'closes':
        this.#within = this.#within.filter(
          (emphasis) => emphasis.marker !== tag.marker || this.#outer.includes(emphasis),
        );
        break;
      case 'raised':
        this.#raised = tag.height;
        break;
      case 'quote':
        this.#isQuoted = !this.#isQuoted;
        this.#addText(this.#isQuoted ? '“' : '”');
        break;
      case 'row':
        this.#addText('\n');
        this.#cells = tag.opens ? 0 : undefined;
        break;
      case 'cell':
        // Cells of one row stay in one line.
        if (this.#cells !== undefined && this.#cells > 0) this.#addText(this.#endsInSpace() ? '| ' : ' | ');
        if (this.#cells === undefined && !this.#endsInSpace()) this.#addText(' ');
        this.#cells = (this.#cells ?? 0) + 1;
        break;
      case 'link':
        this.#htmlTarget = reachable(tag.target);
        break;
      case 'endOfLink':
        if (this.#htmlTarget !== undefined) this.spans.push(...inBrackets(this.#htmlTarget));
        this.#htmlTarget = undefined;
        break;
      default:
    }
  }

  #endLine(): void {
    if (this.#cells === undefined) this.#addText('\n');
    else if (this.#cells > 0 && !this.#endsInSpace()) this.#addText(' ');
  }

  #endsInSpace(): boolean {
    return /\s$/.test((this.spans.at(-1)?.text ?? '').slice(-1));
  }
}

/** Returns `text (address)`, or one of them where the other adds nothing. */
function named(words: readonly Span[], href: string): readonly Span[] {
  const text = withoutUserinfo(words.map((span) => span.text).join(''));
  const target = reachable(href);
  if (target === undefined) return words;
  const isSame = text.trim() === '' || plainAddress(text) === plainAddress(target);
  if (isSame) {
    const bare = /^(https?:|www\.)/i.test(text) ? text.trim() : target;
    return [{ text: bare, within: NONE, address: true }];
  }
  return [...words, ...inBrackets(target)];
}

/** Outside of emphasis, so that no marker is taken for a part of the address. */
const inBrackets = (target: string): Span[] => [
  { text: ' (', within: NONE, address: false },
  { text: target, within: NONE, address: true },
  { text: ')', within: NONE, address: false },
];
