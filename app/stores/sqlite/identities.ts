import type { DatabaseSync } from 'node:sqlite';
import { scopeOf } from '../../domain/business.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import type { History } from '../../domain/identity/history.ts';
import type { Message } from '../../domain/message.ts';
import { checksumOf, intact, type Stored } from './checksums.ts';
import { query } from './statements.ts';

/** Without its key, by which it is found. */
interface OwnershipRow extends Omit<Stored<'identities'>, 'scope' | 'number' | 'identity'> {
  readonly conversation: ConversationId;
  readonly from_at: number;
  readonly until_at: number | null;
}

type Addressed = Pick<Message, 'business' | 'channel' | 'number'>;

/** The present and former owners of identities: a row for each period in which an identity belonged to a conversation. */
export function identities(database: DatabaseSync) {
  const find = query<OwnershipRow>(
    database,
    'SELECT conversation, from_at, until_at, checksum FROM identities WHERE scope = ? AND number = ? AND identity = ?',
  );
  const drop = query(database, 'DELETE FROM identities WHERE scope = ? AND number = ? AND identity = ?');
  const add = query(
    database,
    `INSERT OR REPLACE INTO identities (scope, number, identity, conversation, from_at, until_at, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );

  function historyIn(scope: string, number: string, name: string): History {
    const rows = find.all(scope, number, name);
    for (const row of rows) {
      const what = `whom an identity of the conversation ${row.conversation} belongs to`;
      intact('identities', what, { scope, number, identity: name, ...row });
    }
    return historyFrom(rows);
  }

  return {
    historyOf(message: Addressed, name: string): History {
      return historyIn(scopeOf(message), message.number, name);
    },

    historyIn,

    setHistory(message: Addressed, name: string, history: History): void {
      const scope = scopeOf(message);
      const { number } = message;
      drop.run(scope, number, name);
      for (const { conversation, from, until } of history) {
        const covered = {
          scope,
          number,
          identity: name,
          conversation,
          from_at: from,
          until_at: until ?? null,
        };
        add.run(...Object.values(covered), checksumOf('identities', covered));
      }
    },
  };
}

function historyFrom(rows: readonly OwnershipRow[]): History {
  const history = rows.map(({ conversation, from_at, until_at }) => ({
    conversation,
    from: from_at,
    ...(until_at !== null && { until: until_at }),
  }));
  if (history.length < 2) return history;
  const end = ({ until = Number.POSITIVE_INFINITY }) => until;
  return history.sort((a, b) => a.from - b.from || (end(a) < end(b) ? -1 : 1));
}
