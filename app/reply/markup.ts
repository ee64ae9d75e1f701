/**
 * What WhatsApp's markup can say, as a structure: blocks of lines of spans. Source: WhatsApp Help Center, "How to
 * format your messages". Everything in it works on single lines, except the three backticks.
 */

export type Marker = '*' | '_' | '~' | '`' | '```';

/** One stretch of emphasis. Compared by identity: two neighbours with the same marker stay two emphasisRanges. */
export interface Emphasis {
  readonly marker: Marker;
}

export interface Span {
  /** Without line feeds. */
  readonly text: string;
  /** The emphasisRanges it lies in, outermost first. A marker occurs once at most. */
  readonly within: readonly Emphasis[];
  /** A web address, a mail address: its characters must arrive as they are. */
  readonly address: boolean;
}

export interface Line {
  /** Line feeds between this line and the one above it in the same block: 1, or 2 for an empty line between. */
  readonly gap: number;
  readonly quoted: boolean;
  /** Indentation and list marker, with the space behind them. */
  readonly lead: string;
  readonly spans: readonly Span[];
}

/** Blocks have one empty line between them. */
export interface Block {
  /** At least one. */
  readonly lines: readonly Line[];
  /** Reads badly as the last thing of a part: a heading, a sentence that ends in a colon. */
  readonly introduces: boolean;
}

/** What the assistant said, ready to be cut and written. Empty when it said nothing. */
export type Reply = readonly Block[];
