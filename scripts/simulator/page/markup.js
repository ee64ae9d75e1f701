/**
 * WhatsApp's text formatting, read into a tree (WhatsApp Help Center, "How to format your messages"). The page makes
 * elements and text nodes of it and never HTML, so that no message can inject anything into the page.
 *
 * Blocks: `{ kind: 'line' | 'quote', inside }`, `{ kind: 'bullets', items }`, `{ kind: 'numbers', start, items }`,
 * `{ kind: 'mono', text }`. Spans: `{ kind: 'text' | 'mono', text }`, `{ kind: 'link', text }`,
 * `{ kind: 'bold' | 'italic' | 'strike', inside }`.
 */

const STYLES = new Map([
  ['*', 'bold'],
  ['_', 'italic'],
  ['~', 'strike'],
]);
const WORD = /[\p{L}\p{N}\p{M}]/u;
const ADDRESS = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]*_~]/y;
const MONO_LINES = /```([^`]*\n[^`]*)```/g;

/** Returns the blocks of a message. */
export function readBlocks(text) {
  const blocks = [];
  let from = 0;
  for (const found of text.matchAll(MONO_LINES)) {
    readLines(text.slice(from, found.index).replace(/\n$/, ''), blocks);
    blocks.push({ kind: 'mono', text: found[1].replace(/^\n|\n$/g, '') });
    from = found.index + found[0].length;
    if (text[from] === '\n') from += 1;
  }
  readLines(text.slice(from), blocks);
  return blocks;
}

/** Returns the text without formatting, on one line. */
export function plainText(text) {
  return readBlocks(text).flatMap(textOf).join(' ').replace(/\s+/g, ' ');
}

function textOf({ text, inside, items }) {
  if (text !== undefined) return text;
  return (items ?? [inside]).map((spans) => spans.flatMap(textOf).join(''));
}

function readLines(text, blocks) {
  if (text === '') return;
  for (const line of text.split('\n')) {
    const bullet = /^[*-] +(\S.*)$/.exec(line);
    const number = /^([0-9]{1,3})\. +(\S.*)$/.exec(line);
    const quote = /^> ?(.*)$/.exec(line);
    const last = blocks.at(-1);
    if (bullet && last?.kind === 'bullets') last.items.push(readSpans(bullet[1]));
    else if (bullet) blocks.push({ kind: 'bullets', items: [readSpans(bullet[1])] });
    else if (number && last?.kind === 'numbers') last.items.push(readSpans(number[2]));
    else if (number)
      blocks.push({ kind: 'numbers', start: Number(number[1]), items: [readSpans(number[2])] });
    else if (quote) blocks.push({ kind: 'quote', inside: readSpans(quote[1]) });
    else blocks.push({ kind: 'line', inside: readSpans(line) });
  }
}

/** Returns the spans of one line. */
export function readSpans(line) {
  const spans = [];
  let plain = '';
  const put = (span, length) => {
    if (plain !== '') spans.push({ kind: 'text', text: plain });
    plain = '';
    spans.push(span);
    return length;
  };
  for (let at = 0; at < line.length; ) {
    const length = readSpan(line, at, put);
    if (length === 0) plain += line[at];
    at += length || 1;
  }
  if (plain !== '') spans.push({ kind: 'text', text: plain });
  return spans;
}

/** Adds the span that begins here. Returns its length in the line; 0 when none begins. */
function readSpan(line, at, put) {
  ADDRESS.lastIndex = at;
  const address = line[at] === 'h' && !isWord(before(line, at)) && ADDRESS.exec(line);
  if (address) return put({ kind: 'link', text: address[0] }, address[0].length);
  if (line[at] === '`') {
    const mono = /^(```|`)(?!`)(.+?)\1/.exec(line.slice(at));
    return mono ? put({ kind: 'mono', text: mono[2] }, mono[0].length) : 0;
  }
  const style = STYLES.get(line[at]);
  const end = style && closing(line, at);
  return end ? put({ kind: style, inside: readSpans(line.slice(at + 1, end)) }, end + 1 - at) : 0;
}

/** Returns where the style that opens here closes. Both markers touch the styled text and are not inside a word. */
function closing(line, at) {
  const marker = line[at];
  const opens = !isWord(before(line, at)) && /[^\s]/.test(line[at + 1] ?? ' ') && line[at + 1] !== marker;
  if (!opens) return 0;
  for (let end = line.indexOf(marker, at + 2); end > 0; end = line.indexOf(marker, end + 1)) {
    if (/\S/.test(line[end - 1]) && !isWord(after(line, end))) return end;
  }
  return 0;
}

function before(line, at) {
  return [...line.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
}

function after(line, at) {
  return [...line.slice(at + 1, at + 3)][0] ?? '';
}

function isWord(character) {
  return WORD.test(character);
}
