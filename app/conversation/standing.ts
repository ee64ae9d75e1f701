import { activeHandOff, type HandOff, type Standing } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import type { PhraseKey } from '../domain/phrase.ts';
import { isStart, isStop } from '../language/opt-out.ts';

export interface StandingRules {
  /** How long the assistant is quiet after it handed a conversation over; 0: it goes on. */
  readonly handOffMs: number;
  /** How long it is quiet after an operator wrote from the WhatsApp Business app; 0: it does not notice. */
  readonly operatorQuietMs: number;
}

/** What the messages of a turn change, and what becomes of each of them. */
export interface FoldedTurn {
  /** Replaces the stored standing. */
  readonly standing: Standing;
  /** For the assistant, or for our own notices. */
  readonly toAnswer: readonly Message[];
  /** What the person wrote while an operator has the conversation: for the operator. */
  readonly held: readonly Message[];
  /** `optedOut` or `optedIn`, when the person asked for it and it changed something. */
  readonly phrases: readonly PhraseKey[];
}

/**
 * Applies the messages of a turn, in order, to the standing before the turn. `now` in milliseconds since 1970. Pure.
 *
 * The standing is stored together with the reply, or when the turn is given up, and never before: so an attempt that
 * follows a failed one begins with the same standing and comes to the same result. Where the new standing was stored and
 * the reply was not (a crash while a turn is given up), applying the messages again leaves the standing as it is.
 */
export function foldTurn(
  stored: Standing,
  messages: readonly Message[],
  rules: StandingRules,
  now: number,
): FoldedTurn {
  const { handOff: _, optedOutAt: outBefore, inboundAt: inboundBefore, ...others } = stored;
  let handOff = activeHandOff(stored, now);
  let optedOutAt = outBefore;
  let inboundAt = inboundBefore;
  let toAnswer: Message[] = [];
  let held: Message[] = [];
  let phrase: PhraseKey | undefined;

  for (const message of messages) {
    const { kind } = message.content;
    if (kind === 'resume') handOff = undefined;
    else if (kind === 'takeover') takeOver(message);
    else fromPerson(message);
  }
  const standing: Standing = {
    ...others,
    ...(handOff !== undefined && { handOff }),
    ...(optedOutAt !== undefined && { optedOutAt }),
    ...(inboundAt !== undefined && { inboundAt }),
  };
  return { standing, toAnswer, held, phrases: phrase === undefined ? [] : [phrase] };

  /** The operator has read what was written before, and answered it. */
  function takeOver({ sentAt }: Message): void {
    if (rules.operatorQuietMs === 0) return;
    const until = Math.max(sentAt + rules.operatorQuietMs, handOff?.until ?? 0);
    handOff = until > now ? { by: 'operator', since: sentAt, until } : undefined;
    toAnswer = [];
    held = [];
  }

  function fromPerson(message: Message): void {
    inboundAt = Math.max(inboundAt ?? 0, message.sentAt);
    if (handOff !== undefined) held.push(message);
    const word = wordOf(message);
    if (word === 'stop') {
      // No answer follows it, not even to what was asked before.
      toAnswer = [];
      if (optedOutAt === undefined) phrase = 'optedOut';
      optedOutAt ??= message.sentAt;
    } else if (word === 'start' && optedOutAt !== undefined) {
      optedOutAt = undefined;
      phrase = 'optedIn';
    } else if (optedOutAt === undefined && handOff === undefined) {
      toAnswer.push(message);
    }
  }
}

function wordOf({ content }: Message): 'stop' | 'start' | undefined {
  if (content.kind !== 'text') return undefined;
  if (isStop(content.text)) return 'stop';
  return isStart(content.text) ? 'start' : undefined;
}

/** Returns whether the message is of the person: take-overs and resumes are of the business. */
export function isFromPerson({ content }: Pick<Message, 'content'>): boolean {
  return content.kind !== 'takeover' && content.kind !== 'resume';
}

/** Longer than any sentence for an operator. */
const MAX_REASON_UNITS = 1_000;

/** Returns the standing after the assistant's answer to this turn asked for a person. */
export function handedOff(
  standing: Standing,
  { turn, reason }: { readonly turn: string; readonly reason: string | undefined },
  { handOffMs }: StandingRules,
  now: number,
): Standing {
  const handOff: HandOff = {
    ...{ by: 'assistant', turn, since: now, until: now + handOffMs },
    ...(reason !== undefined && { reason: reason.slice(0, MAX_REASON_UNITS).toWellFormed() }),
  };
  return { ...standing, handOff };
}
