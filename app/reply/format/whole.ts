import { type Closing, closingOf } from './fences.ts';

const OPENING = /^\s*(`{3,}|~{3,})[ \t]*([^\s`~]*)[ \t]*\n/;

/** Languages of programs and data: a reply that consists of one such block is code. */
const OF_PROGRAMS = new Set(
  `js javascript jsx ts typescript tsx py python java kotlin swift c h cpp c++ cs csharp go rust rs ruby rb php perl lua r
   scala dart haskell elixir sql sh bash zsh shell console powershell ps1 bat dockerfile makefile json jsonc yaml yml toml
   ini xml css scss graphql proto diff patch matlab julia vb asm`.split(/\s+/),
);

/**
 * Unwraps a reply that is in a fence as a whole: models do so when asked for a letter or a table. A reply without such a
 * fence, or with a program in it, does not change.
 */
export function unwrapped(markdown: string): string {
  const opening = OPENING.exec(markdown);
  if (!opening) return markdown;
  const [{ length }, fence = '', language = ''] = opening;
  if (OF_PROGRAMS.has(language.toLowerCase())) return markdown;
  const closing = /^(?:markdown|md)$/i.test(language)
    ? outerClosingOf(markdown, length - 1, fence)
    : closingOf(markdown, length - 1, fence);
  const isWhole = closing !== undefined && markdown.slice(closing.end).trim() === '';
  return isWhole ? markdown.slice(length, closing.start) : markdown;
}

const INNER = /^(?:`{3,}|~{3,})[ \t]*[\w+#.-]+[ \t]*$/gm;

/** Returns the end of a Markdown fence. A nested fence that names a language has an end of its own. */
function outerClosingOf(markdown: string, at: number, fence: string): Closing | undefined {
  let closing = closingOf(markdown, at, fence);
  INNER.lastIndex = at;
  for (let inner = INNER.exec(markdown); inner && closing; inner = INNER.exec(markdown)) {
    if (inner.index > closing.start) break;
    INNER.lastIndex = closing.end;
    closing = closingOf(markdown, closing.end, fence);
  }
  return closing;
}
