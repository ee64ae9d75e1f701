const FENCED = /^\s*(`{3,}|~{3,})[ \t]*([^\s`~]*)[ \t]*\n([\s\S]*)\n[ \t]*\1[`~]*\s*$/;

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
  const [, fence = '', language = '', inner = ''] = FENCED.exec(markdown) ?? [];
  if (fence === '' || OF_PROGRAMS.has(language.toLowerCase())) return markdown;
  const closes = new RegExp(`^[ \\t]*${fence.charAt(0)}{${fence.length},}[ \\t]*$`, 'm');
  return closes.test(inner) ? markdown : inner;
}
