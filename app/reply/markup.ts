/**
 * WhatsApp's markup as a structure: blocks of lines of spans. Source: WhatsApp Help Center, "How to format your messages".
 * All of it works on single lines, except the three backticks.
 */

export type Marker = '*' | '_' | '~' | '`' | '```';

/** One range of emphasis. Compared by identity: two neighbours with the same marker stay two ranges. */
export interface Emphasis {
  readonly marker: Marker;
}

export interface Span {
  /** Without line feeds. */
  readonly text: string;
  /** The ranges of emphasis around it, outermost first. Each marker occurs at most once. */
  readonly within: readonly Emphasis[];
  /** A web or mail address: its characters must not change. */
  readonly address: boolean;
}

export interface Line {
  /** Line feeds between this line and the previous one of the block: 1, or 2 for an empty line between. */
  readonly gap: number;
  readonly quoted: boolean;
  /** Indentation and list marker, with the space after them. */
  readonly prefix: string;
  readonly spans: readonly Span[];
}

/** Blocks are separated by one empty line. */
export interface Block {
  /** At least one. */
  readonly lines: readonly Line[];
  /** Should not end a part: a heading, or a sentence that ends in a colon. */
  readonly introduces: boolean;
}

/** The assistant's answer, ready to be split and written. Empty for an answer without text. */
export type Reply = readonly Block[];
