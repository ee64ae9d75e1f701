import { Unavailable } from '../../conversation/errors.ts';
import { rememberedPlatformId } from '../../conversation/identity.ts';
import type { Status } from '../../conversation/message.ts';
import { furthest, isFinal, provesSent } from '../../conversation/progress.ts';
import { TEXT_KEPT_MS } from '../../conversation/retention.ts';
import type { Clock, ConversationId } from '../../ports.ts';
import { optionalText, type Row, text } from './attributes.ts';
import { conversationKey, partItem, platformIdKey, turnIdOf } from './names.ts';
import { partFrom } from './rows.ts';
import type { ReadSecret } from './secret.ts';
import type { Table } from './table.ts';

/** Another status of the same part, or its mark, may come between our look and our write; then we look again. */
const MOST_ROUNDS = 10;

/** Statuses move parts forward, each by one conditional write of the part's item; most that come twice write nothing. */
export function recordingStatuses(conversations: Table, secret: ReadSecret, clock: Clock) {
  return async function recordStatuses(statuses: readonly Status[]): Promise<ConversationId[]> {
    const parts = new Map<string, Status[]>();
    for (const status of statuses) {
      const name = status.key ?? `${status.channel}|${status.platformId}`;
      parts.set(name, [...(parts.get(name) ?? []), status]);
    }
    const settled = await Promise.all(
      [...parts.values()].map(async (ofOnePart) => {
        const woken: (ConversationId | undefined)[] = [];
        for (const status of ofOnePart) woken.push(await recordOne(status));
        return woken;
      }),
    );
    return [...new Set(settled.flat().filter((id) => id !== undefined))];
  };

  async function recordOne(status: Status): Promise<ConversationId | undefined> {
    let settled = false;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await find(status);
      if (row === undefined) return undefined;
      const settles = settlesSend(row, status);
      // Before the part is changed: after a crash in between, the status comes again and does it all again.
      if (settles) await letGoOn(row);
      // Also in a later round: the SDK repeats a call whose answer was lost, and the first one may have moved the part.
      settled ||= settles;
      if (await move(row, status)) return settled ? text(row, 'conversation') : undefined;
    }
    throw new Unavailable('a part changes too fast for its status', { scope: 'app', code: 'contended' });
  }

  async function find({ key, channel, platformId }: Status): Promise<Row | undefined> {
    const named = key === undefined ? undefined : partItem(key);
    const row = named && (await conversations.get(named));
    if (row !== undefined) return row;
    const id = rememberedPlatformId(await secret(), channel, platformId);
    const alias = await conversations.get(platformIdKey(id));
    const item = alias && partItem(text(alias, 'key'));
    return item && conversations.get(item);
  }

  /** False: the part was changed meanwhile. */
  async function move(row: Row, status: Status): Promise<boolean> {
    const before = partFrom(row);
    const progress = furthest(before.progress, status.progress);
    const proved = provesSent(status.progress);
    const state = proved ? 'sent' : before.state;
    if (progress === before.progress && state === before.state) return true;
    const seen = optionalText(row, 'progress');
    const changed = await conversations.update(keyOf(row), {
      set: {
        state,
        progress,
        code: progress === before.progress ? undefined : status.code,
        ...(proved && { expires_at: Math.ceil((clock.now() + TEXT_KEPT_MS) / 1000) }),
      },
      // Sent, and no later report can matter: nothing will ask for the words again.
      remove: state === 'sent' && isFinal(progress) ? ['text'] : [],
      when: `#state = :state AND ${seen === undefined ? 'attribute_not_exists(#progress)' : '#progress = :progress'}`,
      values: { state: before.state, ...(seen !== undefined && { progress: seen }) },
    });
    return changed !== undefined;
  }

  /** Ends the rest of the part's turn, if that is the open one. */
  async function letGoOn(row: Row): Promise<void> {
    const conversation = text(row, 'conversation');
    const id = text(row, 'item').split('.')[1] ?? '';
    await conversations.update(conversationKey(conversation), {
      set: { retry_at: 0 },
      when: '#turn = :turn AND #retry_at > :none',
      values: { turn: turnIdOf(conversation, id), none: 0 },
    });
  }
}

function settlesSend(row: Row, { progress }: Status): boolean {
  return partFrom(row).state === 'sending' && (provesSent(progress) || progress === 'failed');
}

function keyOf(row: Row) {
  return { conversation: text(row, 'conversation'), item: text(row, 'item') };
}
