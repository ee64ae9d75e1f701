import type { Table } from '../../aws/table.ts';
import { conversationIdOf } from '../../domain/business.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { Unavailable } from '../../domain/errors.ts';
import { type Resolution, resolve, settledConversation } from '../../domain/identity/resolve.ts';
import { identitiesOf, primaryIdentity } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { IDS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Write, writesFor } from './identity-writes.ts';
import { type ConversationItem, conversationFrom } from './items/conversation.ts';
import { aliasFrom, type IdentityAlias } from './items/identity.ts';
import { conversationKey, identityKey, messagePartition } from './items/keys.ts';
import type { ReadSecret } from './secret.ts';

/** The result of `find`, with the writes for `ensureConversation`; they are valid for one attempt. */
export interface Found {
  /** Empty when the person is unknown. */
  readonly id: ConversationId;
  readonly partition: string;
  readonly writes: readonly Write[];
  /** Whether a message with this id may have been stored before the conversation existed or its person changed identity. */
  readonly mayBeKnown: boolean;
}

interface IdentityPorts {
  readonly conversations: Table;
  readonly secret: ReadSecret;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** A new message refreshes a quiet conversation this long before it may be deleted. */
const FRESH_FOR_MS = IDS_KEPT_MS - 24 * 60 * 60 * 1000;
/** Maximum difference between the platform's clock and this one. */
const MAX_SKEW_MS = 60_000;
/** New persons who write through two processes at once converge in a few rounds. */
const MAX_ROUNDS = 10;

/**
 * Finds the conversation of a message, opens one for a new person, and follows changed identities. When
 * `ensureConversation` resolves, the conversation's item exists and will not be deleted for a day.
 *
 * For a known person the items of the identities are sufficient, in one read. For all others the conversations are read
 * too, and `resolve` decides. Processes that see the same new person at once agree through the item of the identity: one
 * conditional write publishes the conversation's id, and the others read it.
 */
export function openIdentities({ conversations, secret, clock, newId }: IdentityPorts) {
  return {
    find,

    /** Without `seen`, the identities' copy of their conversation's state is not trusted. */
    async ensureConversation(message: Message, seen?: Found): Promise<ConversationId> {
      let found = seen ?? (await find(message, true));
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        if (await writeInOrder(found.writes)) return found.id;
        found = await find(message, seen === undefined);
      }
      throw new Unavailable('a conversation changes too fast to be found', {
        scope: 'app',
        code: 'contended',
      });
    },
  };

  /** Resolves to the conversation and to the writes needed before the message may be stored: nearly always none. */
  async function find(message: Message, doubtful = false): Promise<Found> {
    const { person } = message;
    const aliases = await aliasesOf(message, [...identitiesOf(person), ...(person.formerly ?? [])]);
    const partition = messagePartition(await secret(), message);
    const settled = doubtful ? undefined : settledIn(message, aliases);
    if (settled !== undefined) return { ...settled, partition, writes: [] };
    return { partition, ...(await resolved(message, aliases, partition)), mayBeKnown: true };
  }

  /** Returns undefined when the items of the identities are not sufficient. */
  function settledIn(message: Message, aliases: ReadonlyMap<string, IdentityAlias>) {
    const id = settledConversation(message, (name) => aliases.get(name)?.history ?? []);
    const ofPartition = aliases.get(primaryIdentity(message.person));
    if (id === undefined || ofPartition?.partitionOf !== id) return undefined;
    if (ofPartition.seenAt < clock.now() - FRESH_FOR_MS) return undefined;
    if (identitiesOf(message.person).some((name) => aliases.get(name)?.conversation !== id)) return undefined;
    // A person who was erased may have written again: ids from before the erasure are stored in another partition.
    return { id, mayBeKnown: message.sentAt < ofPartition.openedAt + MAX_SKEW_MS };
  }

  async function resolved(message: Message, seen: ReadonlyMap<string, IdentityAlias>, partition: string) {
    const owners = await ownersOf([...seen.values()]);
    // The message may also end identities that it does not show.
    const further = [...owners.values()].flatMap(({ conversation }) => identitiesOf(conversation.person));
    const unread = further.filter((name) => !seen.has(name));
    const aliases = new Map([...(await aliasesOf(message, unread)), ...seen]);
    const historyOf = (name: string) => aliases.get(name)?.history ?? [];
    const personOf = (id: ConversationId) => {
      const owner = owners.get(id);
      return owner && { ...owner.conversation.person, lastSentAt: owner.lastSentAt };
    };
    const now = clock.now();
    const resolution: Resolution = resolve(
      message,
      { historyOf, personOf },
      () => conversationIdOf(message.business, newId()),
      now,
    );
    const { conversation: id } = resolution;
    if (id === '') return { id, writes: [] };
    const plan = { message, resolution, aliases, owners, partition, now, freshSince: now - FRESH_FOR_MS };
    return { id, writes: writesFor(plan, conversations) };
  }

  async function aliasesOf(message: Message, names: readonly string[]) {
    const aliases = new Map<string, IdentityAlias>();
    if (names.length === 0) return aliases;
    const key = await secret();
    const keys = new Map(names.map((name) => [name, identityKey(key, message, name)]));
    const items = await conversations.getMany([...keys.values()]);
    for (const [name, at] of keys) {
      const item = items.find((one) => Object.entries(at).every(([field, value]) => one[field] === value));
      aliases.set(name, aliasFrom(name, at, item));
    }
    return aliases;
  }

  /** Resolves to every present or former conversation of the identities. */
  async function ownersOf(aliases: readonly IdentityAlias[]): Promise<Map<ConversationId, ConversationItem>> {
    const ids = new Set(aliases.flatMap(({ history }) => history.map(({ conversation }) => conversation)));
    const items = await conversations.getMany([...ids].map(conversationKey));
    return new Map(items.map(conversationFrom).map((owner) => [owner.conversation.id, owner]));
  }
}

/** Resolves to false when an item has changed since the read. */
async function writeInOrder(writes: readonly Write[]): Promise<boolean> {
  for (const write of writes) if (!(await write())) return false;
  return true;
}

export type Identities = ReturnType<typeof openIdentities>;
