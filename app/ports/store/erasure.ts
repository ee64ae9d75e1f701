/** What an erasure deleted of a person. */
export interface Erased {
  readonly conversations: number;
  /** Messages, whether or not they were answered. Their ids stay for some days as keyed digests without a person. */
  readonly messages: number;
  readonly parts: number;
  readonly deadLetters: number;
  /** Edits and revokes whose message had not arrived. */
  readonly corrections: number;
  /** The phone numbers and user ids that belong to nobody any more. */
  readonly identities: readonly string[];
  /** Those of the person's that another person has now or had before; they stay as the other person's. */
  readonly identitiesOfOthers: readonly string[];
}

/** Where texts that were searched for occur. */
export interface Search {
  /** What was read: `size` in bytes for a file, in items for a table. */
  readonly searched: readonly { readonly place: string; readonly size: number; readonly unit: string }[];
  /** Empty when nothing was found. `count`: occurrences, or items that contain one. */
  readonly found: readonly { readonly place: string; readonly count: number }[];
}

/** For operators: deleting a person, and proving it. */
export interface Erasure {
  /**
   * Deletes all data of a person at all businesses, by phone number or user id: the conversations of the person who has the
   * identity now (or had it last, if it has no owner now), and earlier conversations of that person's identities that no
   * identity belongs to any more. Conversations of other people stay, and so do the digests of message ids, which belong to
   * no person.
   */
  erase(identity: string): Promise<Erased>;
  /**
   * Removes remains of deleted data from the store's own files: logs, free pages, unused bytes. Resolves to false when
   * something prevents it for the moment, such as another process that reads: call it again. Resolves to true in stores that
   * leave no remains. Backups are outside the store.
   */
  purge(): Promise<boolean>;
  /**
   * Searches everything that is stored for these identities, in whatever text, and in a file also in unused bytes and in its
   * log. Changes nothing. Reads the whole store.
   */
  search(identities: readonly string[]): Promise<Search>;
}
