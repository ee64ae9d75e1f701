import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { applyStatus, needsText, type Sends } from '../../domain/part.ts';
import { TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Row, text } from './attributes.ts';
import { conversationKey, partItem, platformIdKey, sendId, turnIdOf } from './names.ts';
import { type ReopeningTurns, turnOfPart } from './reopening.ts';
import { sendsFrom, sendsValues } from './rows.ts';
import type { ReadSecret } from './secret.ts';
import type { Table } from './table.ts';

/** Another status of the same part, or its mark, may come between our look and our write; then we look again. */
const MOST_ROUNDS = 10;

/** Statuses move parts forward, each by one conditional write of the part's item; most that come twice write nothing. */
export function recordingStatuses(
  conversations: Table,
  reopening: ReopeningTurns,
  secret: ReadSecret,
  clock: Clock,
) {
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
      const before = sendsFrom(row);
      const id = sendId(await secret(), status.platformId);
      const { sends: after, settlesSend, needsTurn } = applyStatus(before, status, id, turnOfPart(row));
      // Before the part is changed: after a crash in between, the status comes again and does it all again.
      if (settlesSend) await letGoOn(row);
      // Also in a later round: the SDK repeats a call whose answer was lost, and the first one may have moved the part.
      settled ||= settlesSend;
      if (after !== before && !(await move(row, before, after))) continue;
      // Also when it was recorded before, and after the part: whoever finishes the turn meanwhile may not have seen it.
      if (needsTurn) await reopening.ask(turnOf(row), row);
      return settled || needsTurn ? text(row, 'conversation') : undefined;
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
  async function move(row: Row, before: Sends, after: Sends): Promise<boolean> {
    const { set, remove } = sendsValues(after);
    const isTaken = after.state === 'sent' && after.progress !== 'failed';
    const changed = await conversations.update(keyOf(row), {
      set: { ...set, ...(isTaken && { expires_at: Math.ceil((clock.now() + TEXT_KEPT_MS) / 1000) }) },
      // Nothing will ask for the words again.
      remove: needsText(after, turnOfPart(row)) ? remove : [...remove, 'text'],
      ...unchanged(before),
    });
    return changed !== undefined;
  }

  /** Ends the rest of the part's turn, if that is the open one. */
  async function letGoOn(row: Row): Promise<void> {
    const conversation = text(row, 'conversation');
    await conversations.update(conversationKey(conversation), {
      set: { retry_at: 0 },
      when: '#turn = :turn AND #retry_at > :none',
      values: { turn: turnOf(row), none: 0 },
    });
  }
}

/** Holds as long as no other status, mark or taking back has changed the part. */
function unchanged({ state, progress, failures }: Sends) {
  const seen = { progress, failures: failures.length === 0 ? undefined : JSON.stringify(failures) };
  const when = Object.entries(seen).map(([name, value]) =>
    value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
  );
  const values = Object.entries({ state, ...seen }).filter(([, value]) => value !== undefined);
  return {
    when: ['#state = :state', ...when].join(' AND '),
    values: Object.fromEntries(values) as Record<string, string>,
  };
}

function turnOf(row: Row): string {
  return turnIdOf(text(row, 'conversation'), text(row, 'item').split('.')[1] ?? '');
}

function keyOf(row: Row) {
  return { conversation: text(row, 'conversation'), item: text(row, 'item') };
}
