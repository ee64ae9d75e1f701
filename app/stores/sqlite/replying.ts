import type { DatabaseSync } from 'node:sqlite';
import { LeaseLost } from '../../conversation/errors.ts';
import { rememberedPlatformId } from '../../conversation/identity.ts';
import type { Progress, Status } from '../../conversation/message.ts';
import { furthest, isFinal, provesSent } from '../../conversation/progress.ts';
import type { ConversationId, Facts, Lease, Part } from '../../ports.ts';
import { leaseHolder, type PartRow, partFrom, query, SENDING, SENT, type TurnRow, UNSENT } from './rows.ts';
import { storeSecret } from './schema.ts';
import type { working } from './working.ts';

/** The reply and how far each of its parts has come. */
export function replying(database: DatabaseSync, remember: ReturnType<typeof working>['remember']) {
  const holder = leaseHolder(database);
  const turnOf = query<TurnRow>(database, 'SELECT * FROM turns WHERE id = ?');
  const setReplied = query(database, 'UPDATE turns SET replied = 1 WHERE id = ?');
  const partsOf = query<PartRow>(database, 'SELECT * FROM parts WHERE turn = ? ORDER BY position');
  const add = query(
    database,
    `INSERT INTO parts (key, turn, position, text, state) VALUES (?, ?, ?, ?, ${UNSENT})`,
  );
  const last = query<{ position: number | null }>(
    database,
    'SELECT max(position) AS position FROM parts WHERE turn = ?',
  );
  const sending = query(
    database,
    `UPDATE parts SET state = ${SENDING}, tried_at = ? WHERE key = ? AND turn = ?`,
  );
  const sent = query(
    database,
    `UPDATE parts SET state = ${SENT}, platform_id = ? WHERE key = ? AND turn = ?`,
  );
  // Only a part that is still `sending`: a status may have proved meanwhile that the platform took it after all.
  const unsent = query(
    database,
    `UPDATE parts SET state = ${UNSENT}, progress = NULL, code = NULL WHERE key = ? AND turn = ? AND state = ${SENDING}`,
  );
  const setBuried = query(
    database,
    'UPDATE turns SET buried = ?, buried_at = ?, attempts = 0, replied = 1 WHERE id = ?',
  );
  const secret = storeSecret(database);
  const dropUnsent = query(database, `DELETE FROM parts WHERE turn = ? AND state = ${UNSENT}`);

  function addParts(turn: string, texts: readonly string[], from: number): void {
    texts.forEach((text, index) => {
      add.run(`${turn}.${from + index}`, turn, from + index, text);
    });
  }

  function mark(change: number, key: string): void {
    if (change === 0) throw new LeaseLost(`part ${key} does not belong to the open turn`);
  }

  return {
    writeReply(now: number, lease: Lease, texts: readonly string[], facts: Facts): Part[] {
      const { turn } = holder(lease);
      if (turnOf.get(turn)?.replied !== 1) {
        addParts(turn, texts, 0);
        setReplied.run(turn);
        remember(now, lease, facts);
      }
      return partsOf.all(turn).map(partFrom);
    },

    markSending(now: number, lease: Lease, key: string): void {
      mark(sending.run(now, key, holder(lease).turn), key);
    },

    markSent(_now: number, lease: Lease, key: string, platformId: string): void {
      const { channel, turn } = holder(lease);
      mark(sent.run(rememberedPlatformId(secret, channel, platformId), key, turn), key);
    },

    markUnsent(_now: number, lease: Lease, key: string): void {
      unsent.run(key, holder(lease).turn);
    },

    parts(_now: number, lease: Lease): Part[] {
      return partsOf.all(holder(lease).turn).map(partFrom);
    },

    bury(now: number, lease: Lease, reason: string, apology: readonly string[]): Part[] {
      const { turn } = holder(lease);
      if (turnOf.get(turn)?.buried === null) {
        const next = (last.get(turn)?.position ?? -1) + 1;
        dropUnsent.run(turn);
        setBuried.run(reason, now, turn);
        addParts(turn, apology, next);
      }
      return partsOf.all(turn).map(partFrom);
    },

    recordStatuses: recordingStatuses(database),
  };
}

function recordingStatuses(database: DatabaseSync) {
  const byKey = query<PartRow>(database, 'SELECT * FROM parts WHERE key = ?');
  const byPlatformId = query<PartRow>(database, 'SELECT * FROM parts WHERE platform_id = ?');
  const turnOf = query<TurnRow>(database, 'SELECT * FROM turns WHERE id = ?');
  const update = query(
    database,
    'UPDATE parts SET state = ?, progress = ?, code = ?, platform_id = coalesce(?, platform_id) WHERE key = ?',
  );
  const clear = query(database, "UPDATE parts SET text = '' WHERE key = ?");
  const secret = storeSecret(database);
  const wakeable = query(database, 'UPDATE conversations SET retry_at = 0 WHERE id = ? AND turn = ?');

  function recordOne(status: Status): ConversationId | undefined {
    const id = rememberedPlatformId(secret, status.channel, status.platformId);
    const part = (status.key === undefined ? undefined : byKey.get(status.key)) ?? byPlatformId.get(id);
    const turn = part === undefined ? undefined : turnOf.get(part.turn);
    if (part === undefined || turn === undefined) return undefined;
    const progress: Progress = furthest(part.progress ?? undefined, status.progress);
    const proved = provesSent(status.progress);
    const code = progress === part.progress ? part.code : (status.code ?? part.code);
    update.run(proved ? SENT : part.state, progress, code, proved ? id : null, part.key);
    if (turn.finished === 1 && isFinal(progress)) clear.run(part.key);
    const settles = part.state === SENDING && (proved || status.progress === 'failed');
    if (!settles) return undefined;
    wakeable.run(turn.conversation, turn.id);
    return turn.conversation;
  }

  return (_now: number, statuses: readonly Status[]): ConversationId[] => [
    ...new Set(statuses.map(recordOne).filter((id) => id !== undefined)),
  ];
}
