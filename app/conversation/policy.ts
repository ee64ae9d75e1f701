import { type Message, textOf } from '../domain/message.ts';
import type { PhraseKey } from '../language/phrases/phrase.ts';

export interface PolicyRules {
  readonly underMaintenance: boolean;
  /** Messages older than this are not put to the assistant. */
  readonly staleAfterMs: number;
  /** Messages that begin with this are meant for another deployment on the same number. */
  readonly ignoredPrefix?: string;
}

export type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'say'; readonly notes: readonly PhraseKey[] }
  /** `notes` are said after the assistant's answer, in the same reply. */
  | { readonly kind: 'ask'; readonly text: string; readonly notes: readonly PhraseKey[] };

/**
 * For this long after a person's message the platform takes free text for them (Meta, "Customer service windows").
 * Later it refuses, so there is nothing to say.
 */
const REPLY_WINDOW_MS = 24 * 60 * 60 * 1000;

/** Whether a person who wrote then may still be answered. */
export function isReachable(sentAt: number, now: number): boolean {
  return now - sentAt < REPLY_WINDOW_MS;
}

/** What a turn deserves: the whole policy of the service, with no word of how it is carried out. */
export function planFor(messages: readonly Message[], rules: PolicyRules, now: number): Plan {
  const meant = messages.filter((message) => !isForAnother(message, rules.ignoredPrefix));
  const reachable = meant.filter(({ sentAt }) => isReachable(sentAt, now));
  if (reachable.length === 0) return { kind: 'nothing' };
  if (rules.underMaintenance) return { kind: 'say', notes: ['maintenance'] };

  const current = reachable.filter(({ sentAt }) => now - sentAt <= rules.staleAfterMs);
  if (current.length === 0) return { kind: 'say', notes: ['tooOld'] };
  const text = textOf(current);
  const notes = unreadableKinds(current);
  if (text.trim() !== '') return { kind: 'ask', text, notes };
  return notes.length > 0 ? { kind: 'say', notes } : { kind: 'nothing' };
}

function isForAnother({ content }: Message, prefix: string | undefined): boolean {
  return prefix !== undefined && content.kind === 'text' && content.text.startsWith(prefix);
}

/** Each kind once, in the order they came: five photos get one sentence. */
function unreadableKinds(messages: readonly Message[]): PhraseKey[] {
  const kinds = messages.flatMap(({ content }) =>
    content.kind === 'unreadable' ? [`unreadable.${content.type}` as const] : [],
  );
  return [...new Set(kinds)];
}
