import { type Message, textOf } from '../domain/message.ts';
import type { PhraseKey } from '../domain/phrase.ts';

export interface PolicyRules {
  readonly underMaintenance: boolean;
  /** Older messages are not sent to the assistant. */
  readonly staleAfterMs: number;
  /** Messages that begin with this belong to another deployment on the same number. */
  readonly ignoredPrefix?: string;
}

export type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'say'; readonly extraPhrases: readonly PhraseKey[] }
  /** `extraPhrases` follow the assistant's answer in the same reply. */
  | { readonly kind: 'ask'; readonly text: string; readonly extraPhrases: readonly PhraseKey[] };

/**
 * The platform accepts free text for this long after a person's message (Meta, "Customer service windows") and refuses it
 * later.
 */
const REPLY_WINDOW_MS = 24 * 60 * 60 * 1000;

/** Returns whether the platform still accepts a reply to a message of that time. */
export function isReachable(sentAt: number, now: number): boolean {
  return now - sentAt < REPLY_WINDOW_MS;
}

/** Decides what to do with a turn. All policy is here, none of its execution. Pure. */
export function planFor(messages: readonly Message[], rules: PolicyRules, now: number): Plan {
  const own = messages.filter((message) => !isForAnother(message, rules.ignoredPrefix));
  const reachable = own.filter(({ sentAt }) => isReachable(sentAt, now));
  if (reachable.length === 0) return { kind: 'nothing' };
  if (rules.underMaintenance) return { kind: 'say', extraPhrases: ['maintenance'] };

  const current = reachable.filter(({ sentAt }) => now - sentAt <= rules.staleAfterMs);
  if (current.length === 0) return { kind: 'say', extraPhrases: ['tooOld'] };
  const text = textOf(current);
  const extraPhrases = unreadableKinds(current);
  if (text.trim() !== '') return { kind: 'ask', text, extraPhrases };
  return extraPhrases.length > 0 ? { kind: 'say', extraPhrases } : { kind: 'nothing' };
}

/** Returns whether the message belongs to another deployment on the same number. */
export function isForAnother({ content }: Message, prefix: string | undefined): boolean {
  return prefix !== undefined && content.kind === 'text' && content.text.startsWith(prefix);
}

/** Each kind once, in order of arrival: five photos get one sentence. */
function unreadableKinds(messages: readonly Message[]): PhraseKey[] {
  const kinds = messages.flatMap(({ content }) =>
    content.kind === 'unreadable' ? [`unreadable.${content.type}` as const] : [],
  );
  return [...new Set(kinds)];
}
