import type { DatabaseSync } from 'node:sqlite';
import type { Facts } from '../../domain/conversation.ts';
import { LeaseLost } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import { type Part, taken, takenBack } from '../../domain/part.ts';
import type { Lease } from '../../ports/store.ts';
import {
  leaseHolder,
  type PartRow,
  partFrom,
  query,
  SENDING,
  sendsFrom,
  sendsWriter,
  type TurnRow,
  UNSENT,
} from './rows.ts';
import { storeSecret } from './schema.ts';
import { recordingStatuses } from './statuses.ts';
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
  const partOf = query<PartRow>(database, 'SELECT * FROM parts WHERE key = ? AND turn = ?');
  const writeSends = sendsWriter(database);
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

  function replaceUnsent(turn: string, apology: readonly string[]): void {
    const next = (last.get(turn)?.position ?? -1) + 1;
    dropUnsent.run(turn);
    addParts(turn, apology, next);
  }

  function notOurs(key: string): never {
    throw new LeaseLost(`part ${key} does not belong to the open turn`);
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
      if (sending.run(now, key, holder(lease).turn) === 0) notOurs(key);
    },

    markSent(_now: number, lease: Lease, key: string, platformId: string): void {
      const { channel, turn } = holder(lease);
      const part = partOf.get(key, turn) ?? notOurs(key);
      const id = rememberedPlatformId(secret, channel, platformId).toString('base64url');
      writeSends(key, taken(sendsFrom(part), id));
    },

    markUnsent(_now: number, lease: Lease, key: string): void {
      const part = partOf.get(key, holder(lease).turn);
      if (part !== undefined) writeSends(key, takenBack(sendsFrom(part)));
    },

    parts(_now: number, lease: Lease): Part[] {
      return partsOf.all(holder(lease).turn).map(partFrom);
    },

    bury(now: number, lease: Lease, reason: string, apology: readonly string[]): Part[] {
      const { turn } = holder(lease);
      const row = turnOf.get(turn);
      if (row?.buried === null) {
        setBuried.run(reason, now, turn);
        if (row.reopened === 0) replaceUnsent(turn, apology);
      }
      return partsOf.all(turn).map(partFrom);
    },

    recordStatuses: recordingStatuses(database),
  };
}
