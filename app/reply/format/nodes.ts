import { blockTokens, type Env, type Token } from './parse.ts';

/** A block of Markdown. `content` is inline Markdown, not yet read. */
export type Node =
  | { readonly type: 'heading' | 'paragraph' | 'citation'; readonly content: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'quote'; readonly children: readonly Node[] }
  | List
  | Table;

export interface List {
  readonly type: 'list';
  readonly ordered: boolean;
  /** Whether there are empty lines between the items. */
  readonly loose: boolean;
  readonly items: readonly Item[];
}

export interface Item {
  /** The number as it is written, '' in a list of bullets. */
  readonly written: string;
  readonly children: readonly Node[];
}

export interface Table {
  readonly type: 'table';
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Fences of `markdown` in each other: one is a habit of models, more is none. */
const DEEPEST_FENCE = 2;

/** Reads the blocks. Takes time in proportion to the length of the text. */
export function nodesOf(markdown: string, env: Env, fences = 0): Node[] {
  const tokens = blockTokens(markdown, env);
  return new Reader(tokens, env, fences).children();
}

/** Builds the tree from `markdown-it`'s flat list. Its depth is bounded where the list is made. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #env: Env;
  readonly #fences: number;
  #at = 0;
  /** Set by a paragraph that has an empty line between itself and a neighbour. */
  #isLoose = false;

  constructor(tokens: readonly Token[], env: Env, fences: number) {
    this.#tokens = tokens;
    this.#env = env;
    this.#fences = fences;
  }

  /** Up to the end of what is open, which is passed. */
  children(): Node[] {
    const nodes: Node[] = [];
    for (let token = this.#next(); token && token.nesting >= 0; token = this.#next()) {
      for (const node of this.#node(token)) nodes.push(node);
    }
    return nodes;
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  #node(token: Token): readonly Node[] {
    switch (token.type) {
      case 'heading_open':
        return [{ type: 'heading', content: this.#content() }];
      case 'citation_open':
        return [{ type: 'citation', content: this.#content() }];
      case 'paragraph_open':
        this.#isLoose ||= !token.hidden;
        return [{ type: 'paragraph', content: this.#content() }];
      case 'fence':
        return this.#fence(token);
      case 'blockquote_open':
        return [{ type: 'quote', children: this.#apart() }];
      case 'bullet_list_open':
        return [this.#list(false)];
      case 'ordered_list_open':
        return [this.#list(true)];
      case 'table_open':
        return [this.#table()];
      default:
        return [];
    }
  }

  #content(): string {
    const content = this.#next()?.content ?? '';
    this.#at += 1;
    return content;
  }

  /** The children of a block whose paragraphs say nothing of the list around it. */
  #apart(): Node[] {
    const around = this.#isLoose;
    const children = this.children();
    this.#isLoose = around;
    return children;
  }

  #list(ordered: boolean): Node {
    const around = this.#isLoose;
    this.#isLoose = false;
    const items: Item[] = [];
    for (let token = this.#next(); token && token.nesting >= 0; token = this.#next()) {
      items.push({ written: token.info, children: this.children() });
    }
    const loose = this.#isLoose;
    this.#isLoose = around;
    return { type: 'list', ordered, loose, items };
  }

  #table(): Node {
    const rows: string[][] = [];
    let depth = 1;
    for (let token = this.#next(); token; token = this.#next()) {
      depth += token.nesting;
      if (depth === 0) break;
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'inline') rows.at(-1)?.push(token.content);
    }
    const [header = [], ...body] = rows;
    return { type: 'table', header, rows: body };
  }

  #fence({ info, content }: Token): readonly Node[] {
    const isMarkdown = /^(?:markdown|md)$/i.test(info.trim());
    if (isMarkdown && this.#fences < DEEPEST_FENCE) return nodesOf(content, this.#env, this.#fences + 1);
    const spoken = content.trim() === '' ? info.trim() : spokenInfo(info.trim());
    return [{ type: 'code', text: (spoken === '' ? '' : `${spoken}\n`) + content.replace(/\n$/, '') }];
  }
}

/**
 * What stands behind the opening of a fence is the name of a language, unless it is words or all there is: then it is
 * meant to be read.
 */
function spokenInfo(info: string): string {
  return /^\{?[.#]?[\w.+#:-]*\}?(?:\s+\S*[={].*)?$/s.test(info) ? '' : info;
}
