import { businessOf } from '../../domain/business.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { applyStatus, needsText } from '../../domain/part.ts';
import { type Records, turnOfPart } from './records.ts';

/** Returns a function that records one status and returns the conversation that has work because of it. */
export function recordingStatuses(records: Records): (status: Status) => ConversationId | undefined {
  const { conversations, parts, partKeys, busy } = records;

  return (status) => {
    const id = sendId(records, status, status.platformId);
    const found = parts.get(status.key ?? '') ?? parts.get(partKeys.get(id) ?? '');
    const conversation = conversations.get(found?.turn.conversation ?? '');
    if (found === undefined || conversation === undefined) return undefined;
    if (businessOf(found.turn.conversation) !== status.business) return undefined;
    const { turn, part } = found;
    const effect = applyStatus(part.sends, status, id, turnOfPart(turn));
    part.sends = effect.sends;
    if (turn.finished && !needsText(part.sends, turnOfPart(turn))) part.text = '';
    if (effect.settlesSend && conversation.turn === turn) conversation.retryAt = 0;
    if (effect.needsTurn) {
      if (turn.finished && !conversation.failed.includes(turn)) conversation.failed.push(turn);
      busy.add(conversation);
    }
    return effect.settlesSend || effect.needsTurn ? turn.conversation : undefined;
  };
}

/** Returns the platform's id of a send as it is remembered. */
export function sendId(
  { secret }: Records,
  sender: Pick<Status, 'business' | 'channel'>,
  platformId: string,
): string {
  return rememberedPlatformId(secret, sender, platformId).toString('base64url');
}
