import { blockTokens, type Env, type Token } from './parse.ts';

/** A block of Markdown. `content` is inline Markdown, not parsed yet. */
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
  /** The number as written, '' in a bulleted list. */
  readonly written: string;
  readonly children: readonly Node[];
}

export interface Table {
  readonly type: 'table';
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Maximum nesting of `markdown` fences: models write one, not more. */
const DEEPEST_FENCE = 2;

/** Parses the blocks. Takes time linear in the length of the text. */
export function nodesOf(markdown: string, env: Env, fences = 0): Node[] {
  const tokens = blockTokens(markdown, env);
  return new Reader(tokens, env, fences).children();
}

/** Builds the tree from `markdown-it`'s flat list. The depth is bounded where that list is produced. */
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

  /** Reads up to and including the closing token of the open block. */
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

  /** Reads the children of a block whose paragraphs do not affect whether the list around it is loose. */
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
 * The text after an opening fence is the name of a language, unless it is several words or the only text: then it is
 * content.
 */
function spokenInfo(info: string): string {
  return /^\{?[.#]?[\w.+#:-]*\}?(?:\s+\S*[={].*)?$/s.test(info) ? '' : info;
}
