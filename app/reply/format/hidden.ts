import { closingOf } from './fences.ts';

/** The beginning of a construct that may hide text. Code, which hides nothing, comes first. */
const OPENERS =
  /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})|`+|<!--|<!\[CDATA\[|<\?|<(?:script|style)\b|data:[\w.+-]{1,80}\/[\w.+-]{1,80}[;,]/gim;

const CLOSERS: ReadonlyMap<string, RegExp> = new Map([
  ['<!--', /-->/g],
  ['<![cdata[', /\]\]>/g],
  ['<?', /\?>/g],
  ['<script', /<\/script\s*>/gi],
  ['<style', /<\/style\s*>/gi],
]);

/** Bounds the search for the end of a code span, which would be quadratic for many unclosed ones. */
const MAX_CODE_SPAN = 2_000;
const EMPTY_LINE = /\n[ \t]*\n/;
/** The rest of a `data:` address. */
const DATA = /[^\s"'<>()[\]]*/y;
/** Replaces such an address: in markup by an empty one, in a sentence by an ellipsis. */
const replacement = (characterBefore: string): string => (/[(<"'=]/.test(characterBefore) ? 'data:,' : '…');

/**
 * Returns the Markdown without HTML comments, scripts, styles and processing instructions, which a browser would not show,
 * and without the content of `data:` addresses. An unclosed one is text. Code does not change.
 */
export function withoutHidden(markdown: string): string {
  if (!/[<`~]|data:/i.test(markdown)) return markdown;
  const kept: string[] = [];
  const unclosed = new Set<string>();
  let from = 0;
  OPENERS.lastIndex = 0;
  for (let match = OPENERS.exec(markdown); match; match = OPENERS.exec(markdown)) {
    const [opener, fence] = match;
    const start = match.index;
    const behind = OPENERS.lastIndex;
    if (fence !== undefined) {
      OPENERS.lastIndex = closingOf(markdown, behind, fence)?.end ?? markdown.length;
    } else if (opener.startsWith('`')) {
      OPENERS.lastIndex = endOfCodeSpan(markdown, behind, opener);
    } else if (opener.startsWith('<')) {
      const end = endOfHidden(markdown, behind, opener.toLowerCase(), unclosed);
      if (end === undefined) continue;
      kept.push(markdown.slice(from, start), separator(markdown, start, end));
      from = OPENERS.lastIndex = end;
    } else {
      DATA.lastIndex = behind;
      DATA.exec(markdown);
      kept.push(markdown.slice(from, start), replacement(markdown.charAt(start - 1)));
      from = OPENERS.lastIndex = DATA.lastIndex;
    }
  }
  return kept.length === 0 ? markdown : kept.join('') + markdown.slice(from);
}

function endOfCodeSpan(text: string, behind: number, run: string): number {
  const near = text.slice(behind, behind + MAX_CODE_SPAN);
  for (let at = near.indexOf(run); at >= 0; at = near.indexOf(run, at)) {
    let end = at + run.length;
    while (near.charAt(end) === '`') end += 1;
    if (end - at === run.length) return EMPTY_LINE.test(near.slice(0, at)) ? behind : behind + end;
    at = end;
  }
  return behind;
}

function endOfHidden(
  text: string,
  behind: number,
  opener: string,
  unclosed: Set<string>,
): number | undefined {
  const closer = CLOSERS.get(opener);
  if (!closer || unclosed.has(opener)) return undefined;
  closer.lastIndex = behind;
  if (closer.exec(text)) return closer.lastIndex;
  unclosed.add(opener);
  return undefined;
}

/** Returns a space where two numbers would be joined. */
function separator(text: string, start: number, end: number): string {
  return /\p{N}/u.test(text.charAt(start - 1)) && /\p{N}/u.test(text.charAt(end)) ? ' ' : '';
}
