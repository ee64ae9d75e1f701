import type { Conversation } from '../domain/conversation.ts';
import { Refused, Unavailable } from '../domain/errors.ts';
import type { ChannelName } from '../domain/message.ts';
import type { Part } from '../domain/part.ts';
import type { Business, Businesses } from '../ports/businesses.ts';
import type { Channel } from '../ports/channel.ts';
import type { Claim } from '../ports/store.ts';
import { type AnswerRules, writeReply } from './answer.ts';
import type { AskPorts } from './ask.ts';
import { OUT_OF_ATTEMPTS, type SendRules, sendParts } from './send.ts';
import { keepTyping } from './typing.ts';

export interface TurnPorts extends AskPorts {
  readonly businesses: Businesses;
  readonly channels: Readonly<Partial<Record<ChannelName, Channel>>>;
}

export type TurnRules = AnswerRules & SendRules;

export interface TurnSignals {
  /** Aborts when this process must leave. */
  readonly stop: AbortSignal;
  /** Aborts when this process must leave or the lease is lost. */
  readonly work: AbortSignal;
}

/**
 * Answers a turn: finds the words unless they are written already, then sends what was not sent. Throws whatever kept
 * it from the end; what was done until then is in the store, and the next attempt goes on from there.
 *
 * Without `mayBegin` nothing is asked or sent any more: it ends well when all parts turn out to be sent, and else throws.
 */
export async function takeTurn(
  claim: Extract<Claim, { claimed: true }>,
  mayBegin: boolean,
  ports: TurnPorts,
  rules: TurnRules,
  signals: TurnSignals,
): Promise<{ readonly parts: number; readonly sent: number; readonly limited: boolean }> {
  const { lease, conversation, turn } = claim;
  const { store, clock } = ports;
  // Given up already; only its end is left to be written.
  if (turn.reopened && turn.gaveUpReason !== undefined) return { parts: 0, sent: 0, limited: false };
  if (!mayBegin && turn.parts === undefined) throw new Unavailable(OUT_OF_ATTEMPTS);
  const { business, channel } = await addressee(conversation, ports);
  let limited = false;
  const parts = turn.parts ?? (await writeWhileTyping());
  const sent = await sendParts(parts, {
    lease,
    turn,
    conversation,
    business,
    channel,
    store,
    clock,
    rules,
    mayBegin,
    stop: signals.work,
  });
  return { parts: parts.length, sent, limited };

  async function writeWhileTyping(): Promise<readonly Part[]> {
    const lastMessage = turn.messages.at(-1);
    let typing = { stop: async () => {} };
    const onWriting = () => {
      if (lastMessage === undefined) return;
      typing = keepTyping((signal) => channel.showTyping(business, lastMessage.id, signal), clock);
    };
    const onLimited = () => {
      limited = true;
    };
    const { maxPartLength } = channel;
    try {
      const work = { lease, conversation, turn, maxPartLength, onWriting, onLimited, signal: signals.work };
      return await writeReply(work, ports, rules);
    } finally {
      await typing.stop();
    }
  }
}

async function addressee(
  { channel: name, number }: Conversation,
  { businesses, channels }: TurnPorts,
): Promise<{ business: Business; channel: Channel }> {
  const business = await businesses.find(name, number);
  const channel = channels[name];
  if (business === undefined || channel === undefined) {
    throw new Refused(`the ${name} number of this conversation is not ours any more`, {
      code: 'foreign-number',
    });
  }
  return { business, channel };
}
