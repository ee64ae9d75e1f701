import type { BusinessId } from '../domain/business.ts';
import type { ConversationId } from '../domain/conversation.ts';
import type { Status } from '../domain/message.ts';
import { type PricedPart, pricingOf } from '../domain/pricing.ts';
import type { Recorded } from '../ports/store.ts';

/** What became of one status. */
export interface RecordedStatus {
  /** Has work now. */
  readonly conversation?: ConversationId | undefined;
  readonly priced?: PricedPart | undefined;
  readonly unknownPart?: BusinessId | undefined;
}

/** Returns the result for a status of a part that is not stored, or belongs to another business. */
export function ofUnknownPart(status: Status): RecordedStatus {
  return { unknownPart: pricingOf(status) && status.business };
}

export function merged(all: readonly RecordedStatus[]): Recorded {
  return {
    conversations: [...new Set(all.flatMap(({ conversation }) => conversation ?? []))],
    priced: all.flatMap(({ priced }) => priced ?? []),
    unknownParts: all.flatMap(({ unknownPart }) => unknownPart ?? []),
  };
}
