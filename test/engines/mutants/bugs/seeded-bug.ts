interface Edit {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** A bug that breaks one promise. */
export interface SeededBug {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Test files of the unit project, each of which must fail on its own. */
  readonly proof: readonly string[];
}
