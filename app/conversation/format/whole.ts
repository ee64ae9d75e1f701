import { closingOf } from './fences.ts';

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
  const closing = closingOf(markdown, length - 1, fence);
  const isWhole = closing !== undefined && markdown.slice(closing.end).trim() === '';
  return isWhole ? markdown.slice(length, closing.start) : markdown;
}
