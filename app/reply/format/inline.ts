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
 * The words of one block's Markdown, each with the emphasis it lies in. A line feed in a span's text ends a line.
 * Yields the number of characters of each stretch that it has read; ends once it has more than `maxUnits` of words.
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

/** One more stretch of emphasis; nothing new where its marker is open already. */
export function inside(within: readonly Emphasis[], marker: Marker): readonly Emphasis[] {
  if (within.some((emphasis) => emphasis.marker === marker || emphasis.marker === '`')) return within;
  return [...within, { marker }];
}

const EMPHASIS: ReadonlyMap<string, Marker> = new Map([
  ['strong', '*'],
  ['em', '_'],
  ['s', '~'],
]);

/** Reads token by token: HTML opens and closes by tokens of its own, in any order. */
class InlineReader {
  readonly spans: Span[] = [];
  readonly #outer: readonly Emphasis[];
  #within: readonly Emphasis[];
  /** What was around each emphasis of Markdown that is open. */
  readonly #around: (readonly Emphasis[])[] = [];
  #link: { readonly href: string; readonly from: number } | undefined;
  /** So many spans are complete: what comes next is a new one, since markup was between. */
  #complete = 0;
  #htmlTarget: string | undefined;
  #raised: Height | undefined;
  /** So many cells of a row of HTML are begun; undefined outside of rows. */
  #cells: number | undefined;
  #isQuoted = false;

  constructor(outer: readonly Emphasis[]) {
    this.#outer = outer;
    this.#within = outer;
  }

  /** What is read next makes a span of its own. */
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
        // WhatsApp's code has no way to hold a backtick.
        this.#add(token.content.replace(/`+/g, withLookalikes), inside(this.#within, '`'));
        break;
      case 'softbreak':
        this.#endLine();
        break;
      case 'hardbreak':
        this.#say('\n');
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
        this.#say(cleanCharacters(token.content).replace('\uFFFD', ''));
        break;
      default:
        this.#say(token.content);
    }
  }

  #say(text: string): void {
    this.#add(this.#raised === undefined ? text : raised(text, this.#raised), this.#within);
  }

  /** Text that goes on from the last span becomes a part of it: a border between spans is where markup was. */
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

  /** A picture is its description; what it is a link to is more use than where it lies. */
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
        this.#say(tag.text);
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
        this.#say(this.#isQuoted ? '“' : '”');
        break;
      case 'row':
        this.#say('\n');
        this.#cells = tag.opens ? 0 : undefined;
        break;
      case 'cell':
        // Cells of one row stay in one line.
        if (this.#cells !== undefined && this.#cells > 0) this.#say(this.#endsInSpace() ? '| ' : ' | ');
        if (this.#cells === undefined && !this.#endsInSpace()) this.#say(' ');
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
    if (this.#cells === undefined) this.#say('\n');
    else if (this.#cells > 0 && !this.#endsInSpace()) this.#say(' ');
  }

  #endsInSpace(): boolean {
    return /\s$/.test((this.spans.at(-1)?.text ?? '').slice(-1));
  }
}

/** `words (address)`, or one of them where the other adds nothing. */
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

/** Outside of emphasis, where no marker can be taken for a part of it. */
const inBrackets = (target: string): Span[] => [
  { text: ' (', within: NONE, address: false },
  { text: target, within: NONE, address: true },
  { text: ')', within: NONE, address: false },
];
