import type { Table } from '../../aws/table.ts';
import { businessOf, scopeOf } from '../../domain/business.ts';
import { Unavailable } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { applyStatus, needsText, type Sends } from '../../domain/part.ts';
import { pricedPart } from '../../domain/pricing.ts';
import { IDS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Recorded } from '../../ports/store.ts';
import { merged, ofUnknownPart, type RecordedStatus } from '../recorded.ts';
import type { CostCounts } from './costs.ts';
import { conversationKey, partItemKey, platformIdKey, sendId } from './items/keys.ts';
import { type PartItem, partFrom, sendsUnchanged, sendsValues } from './items/part.ts';
import type { Reopenings } from './reopenings.ts';
import type { ReadSecret } from './secret.ts';

/** Read and write are repeated when another status or a mark of the same part is written in between. */
const MAX_ROUNDS = 10;

interface StatusPorts {
  readonly conversations: Table;
  readonly count: CostCounts['count'];
  readonly reopenings: Reopenings;
  readonly secret: ReadSecret;
  readonly clock: Clock;
}

/**
 * Applies statuses to parts, each by one conditional write of the part's item; most redeliveries write nothing. A price is
 * counted after its part says so: after a crash in between it stays uncounted, but none is counted twice.
 */
export function recordingStatuses({ conversations, count, reopenings, secret, clock }: StatusPorts) {
  return async function recordStatuses(statuses: readonly Status[]): Promise<Recorded> {
    const byPart = new Map<string, Status[]>();
    for (const status of statuses) {
      const name = status.key ?? `${scopeOf(status)}|${status.platformId}`;
      byPart.set(name, [...(byPart.get(name) ?? []), status]);
    }
    const recorded: RecordedStatus[] = [];
    const outcomes = await Promise.allSettled(
      [...byPart.values()].map(async (ofOnePart) => {
        for (const status of ofOnePart) recorded.push(await recordOne(status));
      }),
    );
    const result = merged(recorded);
    // Also when another part failed: the redelivery finds these parts counted.
    await count(result.priced);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return result;
  };

  async function recordOne(status: Status): Promise<RecordedStatus> {
    let settled = false;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const part = await find(status);
      if (part === undefined || businessOf(part.conversation) !== status.business)
        return ofUnknownPart(status);
      const id = sendId(await secret(), status.platformId);
      const { sends, settlesSend, needsTurn, price } = applyStatus(part.sends, status, id, part.turn);
      // Before the part is changed: after a crash in between, the redelivered status repeats everything.
      if (settlesSend) await clearRetryAt(part);
      if (settlesSend && sends.state === 'sent') await rememberId(part, status);
      // Also in a later round: the SDK repeats a call whose response was lost, and the first attempt may have succeeded.
      settled ||= settlesSend;
      if (sends !== part.sends && !(await move(part, sends))) continue;
      // Also for a redelivery, and after the part: a worker that finishes the turn may not have seen the status.
      if (needsTurn) await reopenings.add(part);
      return {
        priced: price && pricedPart(status, price),
        ...((settled || needsTurn) && { conversation: part.conversation }),
      };
    }
    throw new Unavailable('a part changes too fast for its status', { scope: 'app', code: 'contended' });
  }

  async function find(status: Status): Promise<PartItem | undefined> {
    const { key, platformId } = status;
    const named = key === undefined ? undefined : partItemKey(key);
    const item = named && (await conversations.get(named));
    if (item !== undefined) return partFrom(item);
    const id = rememberedPlatformId(await secret(), status, platformId);
    const sent = await conversations.get(platformIdKey(id));
    const sentKey = typeof sent?.key === 'string' ? partItemKey(sent.key) : undefined;
    const found = sentKey && (await conversations.get(sentKey));
    return found && partFrom(found);
  }

  /** Resolves to false when the part was changed concurrently. */
  async function move({ conversation, item, sends: before, turn }: PartItem, after: Sends): Promise<boolean> {
    const { set, remove } = sendsValues(after);
    const isTaken = after.state === 'sent' && after.progress !== 'failed';
    const changed = await conversations.update(
      { conversation, item },
      {
        set: { ...set, ...(isTaken && { expires_at: expiresAt() }) },
        remove: needsText(after, turn) ? remove : [...remove, 'text'],
        ...sendsUnchanged(before),
      },
    );
    return changed !== undefined;
  }

  /** For a send whose response was lost: only the status says its id. */
  async function rememberId({ key }: PartItem, status: Status): Promise<void> {
    const id = rememberedPlatformId(await secret(), status, status.platformId);
    await conversations.put({ ...platformIdKey(id), key, expires_at: expiresAt() });
  }

  function expiresAt(): number {
    return Math.ceil((clock.now() + IDS_KEPT_MS) / 1000);
  }

  /** Ends the back-off of the part's turn, if that is the open one. */
  async function clearRetryAt({ conversation, turnId }: PartItem): Promise<void> {
    await conversations.update(conversationKey(conversation), {
      set: { retry_at: 0 },
      when: '#turn = :turn AND #retry_at > :none',
      values: { turn: turnId, none: 0 },
    });
  }
}
