import StateInline from 'markdown-it/lib/rules_inline/state_inline.mjs';
import { isCommand, plainCommand, plainFormula } from '../latex.ts';
import { type Addresses, findAddresses } from './addresses.ts';
import { type Flanks, flanks, isNoCode } from './delimiters.ts';

/** One run of inline Markdown, with what our rules know of it. */
export class Run extends StateInline {
  readonly addresses: Addresses = findAddresses(this.src);
  readonly #starts: readonly number[] = [...this.addresses.keys()].sort((a, b) => a - b);
  #next = 0;
  #pairs: ReadonlyMap<number, number> | undefined;
  readonly #last = new Map<string, number>();

  override scanDelims(start: number, canSplitWord: boolean): Flanks {
    const scanned = super.scanDelims(start, canSplitWord);
    return this.src.charAt(start) === '_' ? scanned : flanks(this.src, start, scanned);
  }

  /** The bracket that closes the one at `open`. */
  partnerOf(open: number): number | undefined {
    this.#pairs ??= bracketPairs(this.src);
    return this.#pairs.get(open);
  }

  /** Whether `closer` stands somewhere behind `at`. */
  hasBehind(closer: string, at: number): boolean {
    const last = this.#last.get(closer) ?? this.src.lastIndexOf(closer);
    this.#last.set(closer, last);
    return last > at;
  }

  /** Where the next address begins behind `at`. Links are looked through before they are read, so `at` may go back. */
  addressBehind(at: number): number {
    while (this.#next > 0 && (this.#starts[this.#next - 1] ?? 0) > at) this.#next -= 1;
    while ((this.#starts[this.#next] ?? Infinity) <= at) this.#next += 1;
    return this.#starts[this.#next] ?? Infinity;
  }
}

/** The text of a link is shorter: who looks further for its end looks for ever where many begin. */
const MAX_LABEL = 500;

/** A link or a picture, tried only where a bracket has its partner near enough. */
export function bracketed(original: Rule): Rule {
  return (state, silent) => {
    if (!(state instanceof Run)) return original(state, silent);
    const open = state.src.charAt(state.pos) === '!' ? state.pos + 1 : state.pos;
    if (state.src.charAt(open) !== '[') return false;
    const close = state.partnerOf(open);
    return close !== undefined && close - open <= MAX_LABEL && original(state, silent);
  };
}

function bracketPairs(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(/\\.|[[\]]/gs)) {
    if (found === '[') open.push(index);
    const partner = found === ']' ? open.pop() : undefined;
    if (partner !== undefined) pairs.set(partner, index);
  }
  return pairs;
}

type Rule = (state: StateInline, silent: boolean) => boolean;

/** Characters that begin no construct of any rule. */
const PLAIN = /[^\n!#$%&*+\-:<=>@[\\\]^_`{}~]+/y;

/** Text up to what may be markup, and addresses as tokens of their own. */
export const text: Rule = (state, silent) => {
  const run = state instanceof Run ? state : undefined;
  const addressEnd = run?.addresses.get(state.pos);
  if (addressEnd !== undefined && addressEnd <= state.posMax) {
    if (!silent) state.push('address', '', 0).content = state.src.slice(state.pos, addressEnd);
    state.pos = addressEnd;
    return true;
  }
  PLAIN.lastIndex = state.pos;
  if (!PLAIN.test(state.src)) return false;
  const end = Math.min(PLAIN.lastIndex, state.posMax, run?.addressBehind(state.pos) ?? Infinity);
  if (end <= state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
};

const TAG = /<(?:\/?[A-Za-z][A-Za-z0-9-]{0,40}(?:[\s/][^<>]{0,2000})?|![A-Za-z[][^<>]{0,2000})>/y;

/** One tag or declaration of HTML. Comments and what spans tags is gone before; a tag that does not end is text. */
export const html: Rule = (state, silent) => {
  if (state.src.charAt(state.pos) !== '<') return false;
  TAG.lastIndex = state.pos;
  const tag = TAG.exec(state.src)?.[0];
  if (tag === undefined || state.pos + tag.length > state.posMax) return false;
  if (!silent) state.push('html_inline', '', 0).content = tag;
  state.pos += tag.length;
  return true;
};

/** Code, but not what only looks like it: see `isNoCode`. */
export function codeSpan(original: Rule): Rule {
  return (state, silent) => {
    const start = state.pos;
    const tokens = state.tokens.length;
    if (!original(state, silent)) return false;
    const marker = /^`+/.exec(state.src.slice(start, start + 100))?.[0] ?? '';
    const isCode = state.pos > start + marker.length;
    if (!isCode || !isNoCode(state.src, start, state.pos)) return true;
    state.pos = start + marker.length;
    if (silent) return true;
    // What was pending has become a token before the code did; only the code goes.
    if (state.tokens.length > tokens) state.tokens.pop();
    state.pending += marker;
    return true;
  };
}

const FORMULA_SIGNS = /[\\^_=]|^\s/;
const MAX_FORMULA = 2_000;

/** Formulas in LaTeX, which no chat can show, as plain text. */
export const formula: Rule = (state, silent) => {
  const { src, pos } = state;
  const character = src.charAt(pos);
  if (character !== '\\' && character !== '$') return false;
  const found = character === '\\' ? (marked(state, pos) ?? command(src, pos)) : inDollars(state, pos);
  if (!found || found.end > state.posMax) return false;
  if (!silent) state.push('formula', '', 0).content = found.text;
  state.pos = found.end;
  return true;
};

interface Found {
  readonly text: string;
  readonly end: number;
}

/** `\( … \)` and `\[ … \]`; the latter are escaped brackets where nothing in them looks like a formula. */
function marked(state: StateInline, pos: number): Found | undefined {
  const { src } = state;
  const opener = src.charAt(pos + 1);
  if (opener !== '(' && opener !== '[') return undefined;
  const inner = upTo(state, pos + 2, opener === '(' ? '\\)' : '\\]');
  if (inner === undefined || (opener === '[' && !FORMULA_SIGNS.test(inner))) return undefined;
  return { text: plainFormula(inner), end: pos + 4 + inner.length };
}

/** A command outside of a formula: only where it is well known, and no part of a path. */
function command(src: string, pos: number): Found | undefined {
  const name = /^[A-Za-z]{2,40}/.exec(src.slice(pos + 1, pos + 42))?.[0];
  if (name === undefined || !isCommand(name) || /[A-Za-z:\\/]/.test(src.charAt(pos - 1))) return undefined;
  const part = src.slice(pos, pos + MAX_FORMULA);
  const { text: plain, end } = plainCommand(part, 0);
  const isJoined = /\p{N}$/u.test(src.slice(Math.max(0, pos - 1), pos)) && /^\p{N}/u.test(plain);
  return { text: isJoined ? ` ${plain}` : plain, end: pos + end };
}

function inDollars(state: StateInline, pos: number): Found | undefined {
  const { src } = state;
  const isDouble = src.startsWith('$$', pos);
  const inner = upTo(state, pos + (isDouble ? 2 : 1), isDouble ? '$$' : '$');
  if (inner === undefined) return undefined;
  const end = pos + inner.length + (isDouble ? 4 : 2);
  if (isDouble) return /[\p{L}\p{N}]/u.test(inner) ? { text: plainFormula(inner), end } : undefined;
  // Prices have dollars too: `$5 and $6`.
  const isFormula = /\\[A-Za-z]|\^|[\p{L}\p{N}]_|^\p{L}$/u.test(inner) && !/^\s|\s$|\n/.test(inner);
  return isFormula && !/^\p{N}/u.test(src.slice(end, end + 1))
    ? { text: plainFormula(inner), end }
    : undefined;
}

function upTo(state: StateInline, from: number, closer: string): string | undefined {
  if (state instanceof Run && !state.hasBehind(closer, from - 1)) return undefined;
  const part = state.src.slice(from, from + MAX_FORMULA);
  const end = part.indexOf(closer);
  return end < 0 ? undefined : part.slice(0, end);
}
