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

/** What the blocks of one text define for its links. */
export type Env = Record<string, unknown>;

/**
 * CommonMark with GitHub's tables and strikethrough, as it is meant in a chat. Indented lines are no code, since
 * verse is indented; a block of HTML is text with tags in it; addresses are as they are written.
 */
const markdown = new MarkdownIt({ html: true });
markdown.normalizeLink = (address) => address;
markdown.validateLink = () => true;

const { block, inline } = markdown;
/** Where the rules come from that ours call. */
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

/** The blocks, one after the other; `env` collects what links may refer to. */
export function blockTokens(source: string, env: Env): Token[] {
  const tokens: Token[] = [];
  block.parse(source, markdown, env, tokens);
  return tokens;
}

/** What stands in one block. */
export function inlineTokens(source: string, env: Env): Token[] {
  const tokens: Token[] = [];
  inline.parse(source, markdown, env, tokens);
  return tokens;
}

/** A rule of `markdown-it` to build on; `ruler` has no other one afterwards. */
function ruleOf<Rule>(ruler: Ruler<Rule>, name: string): Rule {
  ruler.enableOnly(name);
  const [rule] = ruler.getRules('');
  if (rule === undefined) throw new Error(`markdown-it has no rule ${name}`);
  return rule;
}
