import { businessOf } from '../domain/business.ts';
import type { Conversation, Standing } from '../domain/conversation.ts';
import { type Message, textOf } from '../domain/message.ts';
import type { Turn } from '../domain/turn.ts';
import { recogniseLanguage } from '../language/detect.ts';
import type { HandOffEvent, HandOffs } from '../ports/hand-offs.ts';
import type { Claim, Lease, TurnStore } from '../ports/store.ts';
import { isForAnother } from './policy.ts';
import { type FoldedTurn, foldTurn, isFromPerson, type StandingRules } from './standing.ts';

type Claimed = Extract<Claim, { claimed: true }>;

interface Folding {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
}

interface FoldRules extends StandingRules {
  readonly ignoredPrefix?: string;
}

/**
 * Resolves to what the messages of a turn change. Messages for another deployment do not count, and neither do take-overs
 * that are messages of this service: Meta tells only what was written in the app, but a wrong one would silence the
 * assistant.
 */
export async function foldedTurn(
  { lease, conversation, turn }: Folding,
  store: Pick<TurnStore, 'quoted'>,
  rules: FoldRules,
  now: number,
): Promise<FoldedTurn> {
  const messages: Message[] = [];
  for (const message of turn.messages) {
    if (isForAnother(message, rules.ignoredPrefix)) continue;
    const isTakeover = message.content.kind === 'takeover';
    if (isTakeover && (await store.quoted(lease, message.id)) !== undefined) continue;
    messages.push(message);
  }
  return foldTurn(conversation.standing ?? {}, messages, rules, now);
}

/** Who a conversation was handed to in a turn. */
export type HandOffBy = 'assistant' | 'operator';

/** The hand-offs of one attempt at a turn. */
export interface TurnHandOffs {
  /** Delivers what the person wrote while an operator has the conversation. Called before the reply is stored. */
  deliverHeld(held: readonly Message[], signal: AbortSignal): Promise<void>;
  /** Called before the reply is stored with this standing. */
  begin(standing: Standing): void;
  /** Delivers the hand-off that the stored reply of the turn announces, if any. Called before the turn is finished. */
  deliver(signal: AbortSignal): Promise<void>;
  /** Returns who the conversation was handed to in this turn, if it was. */
  begun(): HandOffBy | undefined;
}

/**
 * Every event is delivered before the write after which its turn would not deliver it any more, so that a crash repeats it
 * and never loses it.
 */
export function turnHandOffs({ conversation, turn }: Claimed, handOffs: HandOffs): TurnHandOffs {
  const { id, channel, number, person, standing: before = {} } = conversation;
  let standing = before;

  function event(rest: Pick<HandOffEvent, 'id' | 'event' | 'at' | 'text' | 'reason'>): HandOffEvent {
    const known = conversation.language;
    const language = recogniseLanguage(textOf(turn.messages), known) ?? known;
    return {
      ...{ conversation: id, business: businessOf(id), channel, number, person },
      ...(language !== undefined && { language }),
      ...rest,
    };
  }

  /** A turn that was finished or given up before has delivered it. */
  function announced(): Standing['handOff'] {
    if (turn.reopened || turn.gaveUpReason !== undefined) return undefined;
    return standing.handOff?.turn === turn.id ? standing.handOff : undefined;
  }

  return {
    async deliverHeld(held, signal) {
      const last = held.at(-1);
      if (last === undefined) return;
      const at = last.sentAt;
      // Another id than that of `handed_off`, which the same turn may cause when an operator resumes in it.
      await handOffs.deliver(
        event({ id: `${turn.id}.message`, event: 'message', at, text: textOf(held) }),
        signal,
      );
    },

    begin(next) {
      standing = next;
    },

    async deliver(signal) {
      const handOff = announced();
      if (handOff === undefined) return;
      const { since: at, reason } = handOff;
      const text = textOf(turn.messages.filter(isFromPerson));
      await handOffs.deliver(
        event({ id: turn.id, event: 'handed_off', at, text, ...(reason !== undefined && { reason }) }),
        signal,
      );
    },

    begun() {
      if (announced() !== undefined) return 'assistant';
      const { handOff } = standing;
      if (standing === before || handOff?.by !== 'operator') return undefined;
      const earlier = before.handOff;
      const goesOn = earlier?.by === 'operator' && earlier.until > handOff.since;
      return goesOn ? undefined : 'operator';
    },
  };
}
