import type { DatabaseSync } from 'node:sqlite';
import { accountOf, identitiesOf, newConversationId, rememberedId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import type { Acceptance, ConversationId } from '../../ports.ts';
import { DONE, query, TAKEN, WAITING } from './rows.ts';

/**
 * The hot path: for a person who is known, one look-up per identity and one insert per message. The insert decides
 * whether the id is new; there is no earlier question that a crash or a second door could come between.
 */
export function accepting(
  database: DatabaseSync,
): (now: number, messages: readonly Message[]) => Acceptance[] {
  const insert = query(
    database,
    `INSERT INTO messages (id, conversation, sent_at, received_at, state, message) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const known = query<{ conversation: ConversationId; state: number }>(
    database,
    'SELECT conversation, state FROM messages WHERE id = ?',
  );
  const conversationOf = conversations(database);

  function acceptOne(now: number, message: Message): Acceptance {
    const id = rememberedId(message);
    const silent = message.content.kind === 'silent';
    const conversation = conversationOf(now, message);
    const row = [id, conversation, message.sentAt, now] as const;
    const stored = silent
      ? insert.run(...row, DONE, null)
      : insert.run(...row, WAITING, JSON.stringify(message));
    if (stored === 1) return { outcome: silent ? 'done' : 'new', conversation };
    const earlier = known.get(id);
    const waits = earlier?.state === WAITING || earlier?.state === TAKEN;
    return { outcome: waits ? 'waiting' : 'done', conversation: earlier?.conversation ?? conversation };
  }

  return (now, messages) => messages.map((message) => acceptOne(now, message));
}

interface Known {
  readonly conversation: ConversationId;
  readonly phone: string | null;
  readonly user_id: string | null;
}

function conversations(database: DatabaseSync): (now: number, message: Message) => ConversationId {
  const find = query<Known>(
    database,
    `SELECT conversation, phone, user_id FROM identities JOIN conversations ON id = conversation
     WHERE identities.channel = ? AND identities.number = ? AND identity = ?`,
  );
  const open = query(
    database,
    `INSERT INTO conversations (id, channel, number, account, last_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const move = query(
    database,
    'UPDATE conversations SET phone = coalesce(?, phone), user_id = coalesce(?, user_id) WHERE id = ?',
  );
  const name = query(
    database,
    `INSERT INTO identities (channel, number, identity, conversation) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET conversation = excluded.conversation`,
  );

  return (now, { channel, number, person }) => {
    const names = identitiesOf(person);
    const found = names.map((identity) => find.get(channel, number, identity));
    const known = found.find((candidate) => candidate !== undefined);
    const account = accountOf(person);
    const id = known?.conversation ?? newConversationId(channel, number, account);
    if (known === undefined) open.run(id, channel, number, account, now);
    const phone = person.phone ?? null;
    const userId = person.userId ?? null;
    const moved =
      (phone !== null && phone !== known?.phone) || (userId !== null && userId !== known?.user_id);
    if (moved) move.run(phone, userId, id);
    names.forEach((identity, index) => {
      if (found[index]?.conversation !== id) name.run(channel, number, identity, id);
    });
    return id;
  };
}
