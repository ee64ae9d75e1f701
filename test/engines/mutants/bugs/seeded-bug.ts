interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A bug that breaks one promise. */
export interface SeededBug {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Test files of the unit project, each of which must turn red by itself. */
  readonly proof: readonly string[];
}
