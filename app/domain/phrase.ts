import type { UnreadableKind } from './message.ts';

export type PhraseKey =
  | 'maintenance'
  /** The message is too old for an answer to be useful. */
  | 'tooOld'
  /** The turn was given up after its last attempt. */
  | 'apology'
  /** The person is over the limit of questions in 24 hours. */
  | 'tooMany'
  /** The assistant's answer has no visible text. */
  | 'noAnswer'
  /** The answer has more parts than are sent; follows the sent ones. */
  | 'cut'
  /** Precedes the first answer to a person: a machine answers (EU AI Act, Article 50). */
  | 'machine'
  /** Follows the answer with which the assistant hands the conversation to a person. */
  | 'handedOff'
  /** The person asked for no more messages. Names the word that ends this. */
  | 'optedOut'
  /** The person asked for messages again. */
  | 'optedIn'
  | `unreadable.${UnreadableKind}`;

/** Our own phrases in one language: plain text without markup, one or two short sentences. */
export type Phrases = Readonly<Record<PhraseKey, string>>;

/** A business's replacements of our phrases, by language (ISO 639-1). */
export type OwnPhrases = Readonly<Partial<Record<string, Partial<Phrases>>>>;
