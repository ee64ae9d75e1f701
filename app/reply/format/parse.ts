import MarkdownIt, { type Ruler, type Token } from 'markdown-it';
import {
  citation,
  definitionOfAddress,
  listWithoutPlus,
  tableWithAllCells,
  underlined,
  upToDeepest,
} from './parse/block-rules.ts';
import { bracketed, codeSpan, formula, html, Run, text } from './parse/inline-rules.ts';

export type { Token } from 'markdown-it';

/** The link definitions of one text. */
export type Env = Record<string, unknown>;

/**
 * CommonMark with GitHub's tables and strikethrough, adapted to chats. Indented lines are not code, since verse is indented;
 * an HTML block is text with tags in it; addresses are not normalised.
 */
const markdown = new MarkdownIt({ html: true });
markdown.normalizeLink = (address) => address;
markdown.validateLink = () => true;

const { block, inline } = markdown;
/** The source of the built-in rules that ours wrap. */
const original = new MarkdownIt();
inline.State = Run;
inline.ruler.disable('linkify');
inline.ruler.at('text', text);
inline.ruler.at('html_inline', html);
inline.ruler.at('backticks', codeSpan(ruleOf(original.inline.ruler, 'backticks')));
inline.ruler.at('link', bracketed(ruleOf(original.inline.ruler, 'link')));
inline.ruler.at('image', bracketed(ruleOf(original.inline.ruler, 'image')));
inline.ruler.before('escape', 'formula', formula);
block.ruler.disable(['code', 'html_block']);
block.ruler.at('blockquote', upToDeepest(ruleOf(original.block.ruler, 'blockquote')), {
  alt: ['paragraph', 'reference', 'blockquote', 'list'],
});
block.ruler.at('list', upToDeepest(listWithoutPlus(ruleOf(original.block.ruler, 'list'))), {
  alt: ['paragraph', 'reference', 'blockquote'],
});
block.ruler.at('table', tableWithAllCells(ruleOf(original.block.ruler, 'table')), {
  alt: ['paragraph', 'reference'],
});
block.ruler.at('lheading', underlined);
block.ruler.before('reference', 'citation', citation);
block.ruler.at('reference', definitionOfAddress(ruleOf(original.block.ruler, 'reference')));

/** Returns the block tokens in order; `env` collects link definitions. */
export function blockTokens(source: string, env: Env): Token[] {
  const tokens: Token[] = [];
  block.parse(source, markdown, env, tokens);
  return tokens;
}

/** Returns the inline tokens of one block. */
export function inlineTokens(source: string, env: Env): Token[] {
  const tokens: Token[] = [];
  inline.parse(source, markdown, env, tokens);
  return tokens;
}

/** Returns a built-in rule of `markdown-it`; disables all other rules of `ruler`. */
function ruleOf<Rule>(ruler: Ruler<Rule>, name: string): Rule {
  ruler.enableOnly(name);
  const [rule] = ruler.getRules('');
  if (rule === undefined) throw new Error(`markdown-it has no rule ${name}`);
  return rule;
}
