import type { DatabaseSync } from 'node:sqlite';
import { businessOf } from '../../domain/business.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { applyStatus, needsText } from '../../domain/part.ts';
import { pricedPart } from '../../domain/pricing.ts';
import type { Recorded } from '../../ports/store.ts';
import { merged, ofUnknownPart, type RecordedStatus } from '../recorded.ts';
import { countingParts } from './costs.ts';
import { FINISHED, OPEN, type PartRow, sendsFrom, TO_REOPEN, turnOfPart } from './rows.ts';
import { storeSecret } from './schema.ts';
import { query, type Statements } from './statements.ts';

/** Records statuses of parts, in any order, and counts prices in the same transaction. */
export function recordingStatuses(database: DatabaseSync, statements: Statements) {
  const byKey = query<PartRow>(database, 'SELECT * FROM parts WHERE key = ?');
  const byPlatformId = query<PartRow>(database, 'SELECT * FROM parts WHERE platform_id = ?');
  const secret = storeSecret(database);
  const countPart = countingParts(database);
  const clearRetryAt = query(database, 'UPDATE conversations SET retry_at = 0 WHERE id = ? AND turn = ?');
  const toReopen = query(
    database,
    `UPDATE turns SET finished = ${TO_REOPEN} WHERE id = ? AND finished = ${FINISHED}`,
  );

  function recordOne(status: Status): RecordedStatus {
    const id = rememberedPlatformId(secret, status, status.platformId);
    const part = (status.key === undefined ? undefined : byKey.get(status.key)) ?? byPlatformId.get(id);
    const turn = part === undefined ? undefined : statements.turn.get(part.turn);
    if (part === undefined || turn === undefined) return ofUnknownPart(status);
    if (businessOf(turn.conversation) !== status.business) return ofUnknownPart(status);
    const before = sendsFrom(part);
    const effect = applyStatus(before, status, id.toString('base64url'), turnOfPart(turn));
    if (effect.sends !== before) statements.writeSends(part.key, effect.sends);
    const priced = effect.price && pricedPart(status, effect.price);
    if (priced !== undefined) countPart(priced);
    if (turn.finished !== OPEN && !needsText(effect.sends, turnOfPart(turn)))
      statements.clearText.run(part.key);
    if (effect.settlesSend) clearRetryAt.run(turn.conversation, turn.id);
    if (effect.needsTurn) toReopen.run(turn.id);
    return { priced, ...((effect.settlesSend || effect.needsTurn) && { conversation: turn.conversation }) };
  }

  return (_now: number, statuses: readonly Status[]): Recorded => merged(statuses.map(recordOne));
}
