import type { UnreadableKind } from '../../domain/message.ts';

export type PhraseKey =
  | 'maintenance'
  /** The message waited longer than it makes sense to answer it. */
  | 'tooOld'
  /** The turn was given up after its last attempt. */
  | 'apology'
  /** The person has asked more often than the assistant answers one person in 24 hours. */
  | 'tooMany'
  /** The assistant answered with no words. */
  | 'noAnswer'
  /** The answer took more parts than are sent; stands behind those that are. */
  | 'cut'
  | `unreadable.${UnreadableKind}`;

/** What we say ourselves, in one language: plain text without markup, one or two short sentences. */
export type Phrases = Readonly<Record<PhraseKey, string>>;
