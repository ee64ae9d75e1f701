import { businessOf } from '../domain/business.ts';
import { textOf } from '../domain/message.ts';
import { TEMPLATE } from '../domain/template.ts';
import { detectLanguage } from '../language/detect.ts';
import { phrase } from '../language/phrases.ts';
import type { Claim } from '../ports/store.ts';
import type { Apology } from './failure.ts';
import { replyParts } from './reply.ts';
import type { TurnPorts } from './turn.ts';
import { isWindowOpen, newestInbound } from './window.ts';

type Apologising = Pick<TurnPorts, 'businesses' | 'channels' | 'clock'>;

/**
 * Resolves to the parts that a person gets for a turn that is given up: our phrase, or the template of the business once the
 * platform accepts no free text. None without a template.
 */
export async function apologyFor(
  kind: Apology,
  { conversation, turn }: Pick<Extract<Claim, { claimed: true }>, 'conversation' | 'turn'>,
  { businesses, channels, clock }: Apologising,
): Promise<readonly string[]> {
  const channel = channels[conversation.channel];
  if (kind === 'none' || channel === undefined) return [];
  // The phrase does not depend on the registry.
  const business = await businesses.find(conversation.channel, conversation.number).catch(() => undefined);
  if (kind === 'template' || !isWindowOpen(newestInbound(conversation, turn), clock.now())) {
    const isOwn = business?.id === businessOf(conversation.id);
    return business !== undefined && isOwn && channel.hasTemplate(business) ? [TEMPLATE] : [];
  }
  const { language: preferred, phrases } = business?.settings ?? {};
  // If a person's first question failed, no language has been stored for them yet.
  const language = await detectLanguage(textOf(turn.messages), conversation.language ?? preferred);
  return replyParts(phrase('apology', language, phrases), channel.maxPartLength);
}
