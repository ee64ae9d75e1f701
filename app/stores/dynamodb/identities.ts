import type { Table } from '../../aws/table.ts';
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

/** What `find` has read, and what `ensureConversation` would write about it; the writes are good for one try. */
export interface Found {
  /** Empty: the message belongs to no known person. */
  readonly id: ConversationId;
  readonly partition: string;
  readonly writes: readonly Write[];
  /** Whether a message with this id may have been here before the conversation was, or before its person moved. */
  readonly mayBeKnown: boolean;
}

interface IdentityPorts {
  readonly conversations: Table;
  readonly secret: ReadSecret;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** So long before a quiet conversation may be deleted a new message makes it count as fresh. */
const FRESH_FOR_MS = IDS_KEPT_MS - 24 * 60 * 60 * 1000;
/** How far the platform's clock and ours may differ. */
const MAX_SKEW_MS = 60_000;
/** Strangers who write through two processes at once are settled in a few rounds. */
const MAX_ROUNDS = 10;

/**
 * Finds the conversation that a message belongs to, opening it for a stranger and following changed identities. When
 * `ensureConversation` resolves, the conversation's item exists and will not be deleted for a day.
 *
 * For a known person the items of the identities say all that is needed, in one read. For everybody else the
 * conversations are read too, and `resolve` decides. Processes that meet the same stranger at once agree by the item of
 * the identity: one conditional write makes the conversation's id known, and the others read it.
 */
export function openIdentities({ conversations, secret, clock, newId }: IdentityPorts) {
  return {
    find,

    /** Without `seen`, nothing that the identities say of their conversation is believed. */
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

  /** Resolves to where the message belongs, and what has to be written before it may be stored: nearly always nothing. */
  async function find(message: Message, doubtful = false): Promise<Found> {
    const { person } = message;
    const aliases = await aliasesOf(message, [...identitiesOf(person), ...(person.formerly ?? [])]);
    const partition = messagePartition(await secret(), message);
    const settled = doubtful ? undefined : settledIn(message, aliases);
    if (settled !== undefined) return { ...settled, partition, writes: [] };
    return { partition, ...(await resolved(message, aliases, partition)), mayBeKnown: true };
  }

  /** Returns undefined when the items of the identities do not say enough. */
  function settledIn(message: Message, aliases: ReadonlyMap<string, IdentityAlias>) {
    const id = settledConversation(message, (name) => aliases.get(name)?.history ?? []);
    const ofPartition = aliases.get(primaryIdentity(message.person));
    if (id === undefined || ofPartition?.partitionOf !== id) return undefined;
    if (ofPartition.seenAt < clock.now() - FRESH_FOR_MS) return undefined;
    if (identitiesOf(message.person).some((name) => aliases.get(name)?.conversation !== id)) return undefined;
    // A person who was erased may have come back: an id that was remembered then is in another place now.
    return { id, mayBeKnown: message.sentAt < ofPartition.openedAt + MAX_SKEW_MS };
  }

  async function resolved(message: Message, seen: ReadonlyMap<string, IdentityAlias>, partition: string) {
    const owners = await ownersOf([...seen.values()]);
    // Identities that the message does not show may end with it.
    const further = [...owners.values()].flatMap(({ conversation }) => identitiesOf(conversation.person));
    const unread = further.filter((name) => !seen.has(name));
    const aliases = new Map([...(await aliasesOf(message, unread)), ...seen]);
    const historyOf = (name: string) => aliases.get(name)?.history ?? [];
    const personOf = (id: ConversationId) => {
      const owner = owners.get(id);
      return owner && { ...owner.conversation.person, lastSentAt: owner.lastSentAt };
    };
    const now = clock.now();
    const resolution: Resolution = resolve(message, { historyOf, personOf }, newId, now);
    const { conversation: id } = resolution;
    if (id === '') return { id, writes: [] };
    const plan = { message, resolution, aliases, owners, partition, now, freshSince: now - FRESH_FOR_MS };
    return { id, writes: writesFor(plan, conversations) };
  }

  async function aliasesOf({ channel, number }: Message, names: readonly string[]) {
    const aliases = new Map<string, IdentityAlias>();
    if (names.length === 0) return aliases;
    const key = await secret();
    const keys = new Map(names.map((name) => [name, identityKey(key, channel, number, name)]));
    const items = await conversations.getMany([...keys.values()]);
    for (const [name, at] of keys) {
      const item = items.find((one) => Object.entries(at).every(([field, value]) => one[field] === value));
      aliases.set(name, aliasFrom(name, at, item));
    }
    return aliases;
  }

  /** Resolves to every conversation that one of the identities belongs or belonged to. */
  async function ownersOf(aliases: readonly IdentityAlias[]): Promise<Map<ConversationId, ConversationItem>> {
    const ids = new Set(aliases.flatMap(({ history }) => history.map(({ conversation }) => conversation)));
    const items = await conversations.getMany([...ids].map(conversationKey));
    return new Map(items.map(conversationFrom).map((owner) => [owner.conversation.id, owner]));
  }
}

/** Resolves to false when an item has changed since it was read. */
async function writeInOrder(writes: readonly Write[]): Promise<boolean> {
  for (const write of writes) if (!(await write())) return false;
  return true;
}

export type Identities = ReturnType<typeof openIdentities>;
