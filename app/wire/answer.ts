/** Read it with `text` or `chunks`, or `discard` it: an answer that nobody reads holds its connection. */
export interface Answer {
  readonly status: number;
  /** Media type in lower case, without parameters. */
  readonly type: string;
  readonly retryAfterMs: number | undefined;
  /** Whole characters, however the bytes were cut. Throws when the answer is cut, stuck, too long or not UTF-8. */
  chunks(): AsyncGenerator<string, void, void>;
  text(): Promise<string>;
  discard(): void;
}
