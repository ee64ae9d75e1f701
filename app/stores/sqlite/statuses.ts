import type { DatabaseSync } from 'node:sqlite';
import type { ConversationId } from '../../domain/conversation.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { hasFailed, heard, settles } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import {
  FINISHED,
  OPEN,
  type PartRow,
  query,
  sendsFrom,
  sendsWriter,
  TO_REOPEN,
  type TurnRow,
} from './rows.ts';
import { storeSecret } from './schema.ts';

/** What the platform reports of parts, in any order. */
export function recordingStatuses(database: DatabaseSync) {
  const byKey = query<PartRow>(database, 'SELECT * FROM parts WHERE key = ?');
  const byPlatformId = query<PartRow>(database, 'SELECT * FROM parts WHERE platform_id = ?');
  const turnOf = query<TurnRow>(database, 'SELECT * FROM turns WHERE id = ?');
  const writeSends = sendsWriter(database);
  const secret = storeSecret(database);
  const clear = query(database, "UPDATE parts SET text = '' WHERE key = ?");
  const wakeable = query(database, 'UPDATE conversations SET retry_at = 0 WHERE id = ? AND turn = ?');
  const toReopen = query(
    database,
    `UPDATE turns SET finished = ${TO_REOPEN} WHERE id = ? AND finished = ${FINISHED}`,
  );

  function recordOne(status: Status): ConversationId | undefined {
    const id = rememberedPlatformId(secret, status.channel, status.platformId);
    const part = (status.key === undefined ? undefined : byKey.get(status.key)) ?? byPlatformId.get(id);
    const turn = part === undefined ? undefined : turnOf.get(part.turn);
    if (part === undefined || turn === undefined) return undefined;
    const before = sendsFrom(part);
    const after = heard(before, status, id.toString('base64url'));
    if (after !== before) writeSends(part.key, after);
    if (turn.finished !== OPEN && isSettled(after.progress, turn)) clear.run(part.key);
    if (settles(before, after)) wakeable.run(turn.conversation, turn.id);
    else if (!hasFailed(after) || turn.buried !== null) return undefined;
    else toReopen.run(turn.id);
    return turn.conversation;
  }

  return (_now: number, statuses: readonly Status[]): ConversationId[] => [
    ...new Set(statuses.map(recordOne).filter((id) => id !== undefined)),
  ];
}

/** Nothing will ask for the words of the part again. */
function isSettled(progress: Status['progress'] | undefined, { buried }: TurnRow): boolean {
  return hasArrived(progress) || (progress === 'failed' && buried !== null);
}
