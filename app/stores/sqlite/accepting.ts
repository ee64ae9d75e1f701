import type { DatabaseSync } from 'node:sqlite';
import { isCorrection } from '../../conversation/correction.ts';
import { accountOf, identitiesOf, newConversationId, rememberedId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import type { Acceptance, ConversationId } from '../../ports.ts';
import type { Arrivals } from './arrivals.ts';
import { correcting } from './correcting.ts';
import { query } from './rows.ts';

/**
 * The hot path: for a person who is known, one look-up of the id, one of
 * corrections, one per identity and one insert per message. No other
 * door can come between them: the transaction holds the file from its first line (BEGIN IMMEDIATE). A message whose id
 * is known says nothing new about its person, who may have moved since, or may have been erased.
 */
export function accepting(
  database: DatabaseSync,
  arrivals: Arrivals,
): (now: number, messages: readonly Message[]) => Acceptance[] {
  const conversationOf = conversations(database);
  const corrections = correcting(database, arrivals);

  function acceptOne(now: number, message: Message): Acceptance {
    const id = rememberedId(message);
    const earlier = arrivals.find(id);
    if (earlier !== undefined) return earlier;
    const conversation = conversationOf(now, message);
    const said = whatIsSaid(now, id, conversation, message);
    arrivals.add(id, conversation, message.sentAt, now, said === undefined ? null : JSON.stringify(said));
    return { outcome: said === undefined ? 'done' : 'new', conversation };
  }

  /** Undefined: there is nothing to answer. */
  function whatIsSaid(now: number, id: Buffer, conversation: ConversationId, message: Message) {
    if (isCorrection(message)) corrections.correct(now, message, id, conversation);
    else if (message.content.kind !== 'silent') return corrections.meet(id, conversation, message);
    return undefined;
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
