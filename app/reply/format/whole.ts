import { type Closing, closingOf } from './fences.ts';

const OPENING = /^\s*(`{3,}|~{3,})[ \t]*([^\s`~]*)[ \t]*\n/;

/** Languages of programs and data: a reply that is nothing but one of these is code. */
const OF_PROGRAMS = new Set(
  `js javascript jsx ts typescript tsx py python java kotlin swift c h cpp c++ cs csharp go rust rs ruby rb php perl lua r
   scala dart haskell elixir sql sh bash zsh shell console powershell ps1 bat dockerfile makefile json jsonc yaml yml toml
   ini xml css scss graphql proto diff patch matlab julia vb asm`.split(/\s+/),
);

/**
 * The Markdown of a reply that is wrapped in a fence as a whole: models do so when they are asked for a letter or a
 * table. A reply without such a fence, or with a program in it, stays.
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

/** The end of a fence of Markdown. A fence in it that names a language is a part of it, with its own end. */
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
