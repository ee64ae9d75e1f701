import { businessOf } from '../../domain/business.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { applyStatus, needsText } from '../../domain/part.ts';
import { pricedPart } from '../../domain/pricing.ts';
import { ofUnknownPart, type RecordedStatus } from '../recorded.ts';
import { countPart } from './costs.ts';
import { type Records, turnOfPart } from './records.ts';

/** Returns a function that records one status. */
export function recordingStatuses(records: Records): (status: Status) => RecordedStatus {
  const { conversations, parts, partKeys, busy } = records;

  return (status) => {
    const id = sendId(records, status, status.platformId);
    const found = parts.get(status.key ?? '') ?? parts.get(partKeys.get(id) ?? '');
    const conversation = conversations.get(found?.turn.conversation ?? '');
    if (found === undefined || conversation === undefined) return ofUnknownPart(status);
    if (businessOf(found.turn.conversation) !== status.business) return ofUnknownPart(status);
    const { turn, part } = found;
    const effect = applyStatus(part.sends, status, id, turnOfPart(turn));
    part.sends = effect.sends;
    if (part.sends.platformId !== undefined) partKeys.set(part.sends.platformId, part.key);
    const priced = effect.price && pricedPart(status, effect.price);
    if (priced !== undefined) countPart(records, priced);
    if (turn.finished && !needsText(part.sends, turnOfPart(turn))) part.text = '';
    if (effect.settlesSend && conversation.turn === turn) conversation.retryAt = 0;
    if (effect.needsTurn) {
      if (turn.finished && !conversation.failed.includes(turn)) conversation.failed.push(turn);
      busy.add(conversation);
    }
    return { priced, ...((effect.settlesSend || effect.needsTurn) && { conversation: turn.conversation }) };
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
