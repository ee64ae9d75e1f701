import { type Message, textOf } from '../domain/message.ts';
import type { PhraseKey } from '../domain/phrase.ts';
import { isWindowOpen } from './window.ts';

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
  /** There is something to say, and the platform accepts no free text. */
  | { readonly kind: 'outside-window' }
  /** `messages` hold the question. `extraPhrases` follow the assistant's answer in the same reply. */
  | {
      readonly kind: 'ask';
      readonly messages: readonly Message[];
      readonly extraPhrases: readonly PhraseKey[];
    };

/**
 * Decides what to do with a turn. `inboundAt`: when the person's newest message was sent, in milliseconds since 1970. All
 * policy is here, none of its execution. Pure.
 */
export function planFor(
  messages: readonly Message[],
  rules: PolicyRules,
  inboundAt: number,
  now: number,
): Plan {
  const own = messages.filter((message) => !isForAnother(message, rules.ignoredPrefix));
  if (own.length === 0) return { kind: 'nothing' };
  if (!isWindowOpen(inboundAt, now)) return { kind: 'outside-window' };
  if (rules.underMaintenance) return { kind: 'say', extraPhrases: ['maintenance'] };

  const current = own.filter(({ sentAt }) => now - sentAt <= rules.staleAfterMs);
  if (current.length === 0) return { kind: 'say', extraPhrases: ['tooOld'] };
  const extraPhrases = unreadableKinds(current);
  if (textOf(current).trim() !== '') return { kind: 'ask', messages: current, extraPhrases };
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
