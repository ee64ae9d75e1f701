import { businessOf } from '../domain/business.ts';
import type { Conversation } from '../domain/conversation.ts';
import { Refused, Unavailable } from '../domain/errors.ts';
import type { ChannelName } from '../domain/message.ts';
import type { Part } from '../domain/part.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Business, Businesses } from '../ports/businesses.ts';
import type { Channel } from '../ports/channel.ts';
import type { HandOffs } from '../ports/hand-offs.ts';
import type { Claim } from '../ports/store.ts';
import { type AnswerRules, writeReply } from './answer.ts';
import type { AskPorts } from './ask.ts';
import type { TurnHandOffs } from './hand-off.ts';
import type { BusinessLimits } from './limits.ts';
import { isForAnother } from './policy.ts';
import { messageToQuote } from './quoting.ts';
import { OUT_OF_ATTEMPTS, type SendRules, sendParts } from './send.ts';
import { isFromPerson } from './standing.ts';
import { keepTyping } from './typing.ts';
import { newestInbound } from './window.ts';

export interface TurnPorts extends AskPorts {
  readonly businesses: Businesses;
  /** Returns the assistant of a business: its own, or the deployment's. Throws `Unavailable` when its settings are unusable. */
  readonly assistantOf: (business: Business) => Assistant;
  readonly channels: Readonly<Partial<Record<ChannelName, Channel>>>;
  readonly limits: BusinessLimits;
  readonly handOffs: HandOffs;
}

export type TurnRules = AnswerRules & SendRules;

interface TurnOptions {
  readonly ports: TurnPorts;
  readonly rules: TurnRules;
  readonly handOffs: TurnHandOffs;
  /** Aborts when the process is leaving or the lease is lost. */
  readonly signal: AbortSignal;
  /** False: the assistant is not asked and nothing is sent; resolves only if all parts turn out to be sent. */
  readonly canSend: boolean;
}

/**
 * Answers a turn: composes the reply unless it is stored already, then sends its unsent parts. Throws the first failure;
 * the progress until then is stored, and the next attempt continues from it.
 */
export async function takeTurn(
  claim: Extract<Claim, { claimed: true }>,
  { ports, rules, handOffs, signal, canSend }: TurnOptions,
): Promise<{ readonly parts: number; readonly sent: number; readonly limited: boolean }> {
  const { lease, conversation, turn } = claim;
  const { store, clock } = ports;
  // The turn was given up before; it only has to be finished.
  if (turn.reopened && turn.gaveUpReason !== undefined) return { parts: 0, sent: 0, limited: false };
  if (!canSend && turn.parts === undefined) throw new Unavailable(OUT_OF_ATTEMPTS);
  const { business, channel } = await senderOf(conversation, ports);
  let limited = false;
  const end = await ports.limits.enter(business, { asks: turn.parts === undefined });
  try {
    const parts = turn.parts ?? (await writeWhileTyping());
    const sender = async () => (await senderOf(conversation, ports)).business;
    const inboundAt = newestInbound(conversation, turn);
    const messages = turn.messages.filter((message) => !isForAnother(message, rules.ignoredPrefix));
    const replyTo = messageToQuote({ ...turn, messages }, parts, business.settings.phrases);
    const work = { lease, turn, inboundAt, replyTo, conversation, business, sender, channel };
    const sent = await sendParts(parts, { ...work, store, clock, rules, signal, canSend });
    return { parts: parts.length, sent, limited };
  } finally {
    end();
  }

  async function writeWhileTyping(): Promise<readonly Part[]> {
    const lastMessage = turn.messages.findLast(isFromPerson);
    let typing = { stop: async () => {} };
    const onWriting = () => {
      if (lastMessage === undefined) return;
      typing = keepTyping((stopped) => channel.showTyping(business, lastMessage.id, stopped), clock);
    };
    const onLimited = () => {
      limited = true;
    };
    const { maxPartLength } = channel;
    try {
      const { settings } = business;
      const assistant = ports.assistantOf(business);
      const work = {
        lease,
        conversation,
        turn,
        maxPartLength,
        assistant,
        settings,
        handOffs,
        onWriting,
        onLimited,
        signal,
      };
      return await writeReply(work, ports, rules);
    } finally {
      await typing.stop();
    }
  }
}

/** A number that another business owns now does not send the replies of its former owner. */
async function senderOf(
  { id, channel: name, number }: Conversation,
  { businesses, channels }: TurnPorts,
): Promise<{ business: Business; channel: Channel }> {
  const business = await businesses.find(name, number);
  const channel = channels[name];
  if (business === undefined || channel === undefined || business.id !== businessOf(id)) {
    throw new Refused(`the ${name} number of this conversation belongs to no configured business`, {
      code: 'foreign-number',
    });
  }
  return { business, channel };
}
