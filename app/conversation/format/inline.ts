import type { MarkedToken, Token, Tokens } from 'marked';
import type { Emphasis, Marker, Span } from '../markup.ts';
import { withDoubles } from './doubles.ts';
import { decodeEntities } from './entities.ts';
import { readTag } from './html.ts';

const NONE: readonly Emphasis[] = [];

/** The words of inline tokens, each with the emphasis it lies in. A line feed in a span's text ends a line. */
export function inline(tokens: readonly Token[], outer: readonly Emphasis[] = NONE): Span[] {
  const spans: Span[] = [];
  // HTML opens and closes emphasis by separate tokens, so this is what has been opened beside `outer`.
  let within = outer;
  let linkTarget: string | undefined;

  const say = (text: string): void => {
    if (text !== '') spans.push({ text, within, address: false });
  };

  // The union of `marked` ends in a token of any type and any fields, for its extensions; we use none.
  for (const token of tokens as readonly MarkedToken[]) {
    switch (token.type) {
      case 'text':
        spans.push(...(token.tokens ? inline(token.tokens, within) : leftoverStrong(token.text, within)));
        break;
      case 'strong':
        spans.push(...inline(token.tokens, inside(within, '*')));
        break;
      case 'em':
        spans.push(...inline(token.tokens, inside(within, '_')));
        break;
      case 'del':
        // GitHub strikes with one tilde too. Assistants do not, they write `3~5 days, 7~9 weeks`.
        if (token.raw.startsWith('~~')) spans.push(...inline(token.tokens, inside(within, '~')));
        else {
          say('~');
          spans.push(...inline(token.tokens, within));
          say('~');
        }
        break;
      case 'codespan':
        spans.push({ text: withoutBackticks(token.text), within: inside(within, '`'), address: false });
        break;
      case 'br':
        say('\n');
        break;
      case 'link':
        spans.push(...link(token, within));
        break;
      case 'image':
        spans.push(...named(inline(token.tokens, within), decodeEntities(token.href)));
        break;
      case 'html': {
        const tag = readTag(token.raw);
        if (tag.kind === 'text') say(decodeEntities(tag.text));
        if (tag.kind === 'opens') within = inside(within, tag.marker);
        if (tag.kind === 'closes') within = without(within, tag.marker, outer);
        if (tag.kind === 'link') linkTarget = tag.target;
        if (tag.kind === 'endOfLink' && linkTarget !== undefined) {
          spans.push(...inBrackets(linkTarget));
          linkTarget = undefined;
        }
        break;
      }
      case 'checkbox':
        break;
      default:
        say('text' in token ? token.text : token.raw);
    }
  }
  return spans;
}

/** One more stretch of emphasis; nothing new where its marker is open already. */
export function inside(within: readonly Emphasis[], marker: Marker): readonly Emphasis[] {
  if (within.some((emphasis) => emphasis.marker === marker || emphasis.marker === '`')) return within;
  return [...within, { marker }];
}

function without(
  within: readonly Emphasis[],
  marker: Marker,
  outer: readonly Emphasis[],
): readonly Emphasis[] {
  return within.filter((emphasis) => emphasis.marker !== marker || outer.includes(emphasis));
}

/** WhatsApp's code has no way to hold a backtick. */
function withoutBackticks(code: string): string {
  return code.replace(/`+/g, withDoubles);
}

/**
 * CommonMark leaves the asterisks of `**word:**more` in the text, since they stand between punctuation and a letter.
 * Assistants write this in languages that put no space there, and nobody should read the asterisks.
 */
function leftoverStrong(text: string, within: readonly Emphasis[]): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(/\*\*(?!\s)([^*\n]{1,1000})(?<!\s)\*\*/g)) {
    const [whole, inner = ''] = match;
    spans.push({ text: decodeEntities(text.slice(at, match.index)), within, address: false });
    spans.push({ text: decodeEntities(inner), within: inside(within, '*'), address: false });
    at = match.index + whole.length;
  }
  spans.push({ text: decodeEntities(text.slice(at)), within, address: false });
  return spans.filter((span) => span.text !== '');
}

/** `[1]` and `[^1]` are citations: their definitions are kept as lines of their own. */
export const isCitation = (label: string): boolean => /^(\d+|\^.+)$/.test(label);

function link(token: Tokens.Link, within: readonly Emphasis[]): Span[] {
  if (token.raw === `[${token.text}]` && isCitation(token.text)) {
    return [{ text: token.raw, within, address: false }];
  }
  return named(inline(token.tokens, within), decodeEntities(token.href));
}

/** `words (address)`, or one of them where the other adds nothing. */
function named(words: Span[], href: string): Span[] {
  const text = words.map((span) => span.text).join('');
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

/** The address as a person would type it; undefined for one that leads nowhere from a chat. */
function reachable(href: string): string | undefined {
  if (/^(mailto|tel):/i.test(href)) return href.slice(href.indexOf(':') + 1);
  if (!/^([a-z][a-z0-9+.-]*:\/\/|www\.)/i.test(href)) return undefined;
  return href.replace(/\s/g, '%20');
}

function plainAddress(text: string): string {
  return text
    .trim()
    .replace(/^(mailto:|tel:|https?:\/\/)/i, '')
    .replace(/\/$/, '')
    .toLowerCase();
}
