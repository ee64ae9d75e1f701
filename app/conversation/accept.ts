import type { BusinessId } from '../domain/business.ts';
import type { ConversationId } from '../domain/conversation.ts';
import type { ChannelName, Delivery } from '../domain/message.ts';
import type { Business, Businesses } from '../ports/businesses.ts';
import type { Queue } from '../ports/queue.ts';
import type { Acceptance, Inbox, Recorded } from '../ports/store.ts';

interface AcceptPorts {
  readonly businesses: Businesses;
  readonly store: Inbox;
  readonly queue: Queue;
  /** What a person sends within this long becomes one turn. */
  readonly windowMs: number;
  /** Whether whoever signed the delivery may deliver for the business. Absent: for every one. */
  readonly covers?: ((business: Business) => boolean) | undefined;
}

/** What became of a delivery's items. */
export interface Accepted {
  /** One for each message, in the delivery's order. */
  readonly outcomes: readonly (Acceptance['outcome'] | 'foreign')[];
  readonly stored: number;
  /** Messages that were delivered before. */
  readonly known: number;
  /** Items for numbers of no configured business. */
  readonly foreign: number;
  /** Items for a business whose deliveries another app signs; they are among the foreign ones. */
  readonly uncovered: number;
  readonly statuses: number;
  /** From the statuses (`Recorded`). */
  readonly priced: Recorded['priced'];
  readonly unknownParts: Recorded['unknownParts'];
}

const NOTHING_RECORDED: Recorded = { conversations: [], priced: [], unknownParts: [] };

/**
 * Stores every item of a delivery and wakes the conversations with work. Once this resolves, the delivery may be
 * acknowledged to the platform. Throws `Unavailable` when an item could not be stored or a conversation could not be
 * woken: the platform then delivers again, and ids stored before are recognised. Idempotent.
 */
export async function acceptDelivery(delivery: Delivery, ports: AcceptPorts): Promise<Accepted> {
  const { store, queue, windowMs } = ports;
  const { owners, failure } = await ownersOf(delivery, ports);
  const messages = delivery.messages.flatMap((message) => owned(message, owners));
  const statuses = delivery.statuses.flatMap((status) => owned(status, owners));

  const [acceptances, recorded] = await Promise.all([
    messages.length > 0 ? store.accept(messages) : [],
    statuses.length > 0 ? store.recordStatuses(statuses) : NOTHING_RECORDED,
  ]);

  // A known message that still waits is woken again: its first wake-up may have been lost with the 503 that made the
  // platform deliver again.
  const awaiting = acceptances
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ conversation }) => conversation);
  await Promise.all([
    ...unique(awaiting).map((conversation) => queue.wake(conversation, windowMs)),
    ...unique(recorded.conversations).map((conversation) => queue.wake(conversation, 0)),
  ]);

  // After the rest is stored: the platform repeats the whole delivery.
  if (failure !== undefined) throw failure;

  const stored = acceptances.filter(({ outcome }) => outcome === 'new').length;
  const remaining = acceptances.values();
  return {
    outcomes: delivery.messages.map(
      (message) =>
        (owners.get(keyOf(message))?.covered ? remaining.next().value?.outcome : 'foreign') ?? 'foreign',
    ),
    stored,
    known: acceptances.length - stored,
    foreign: delivery.messages.length + delivery.statuses.length - messages.length - statuses.length,
    uncovered: [...delivery.messages, ...delivery.statuses].filter(
      (item) => owners.get(keyOf(item))?.covered === false,
    ).length,
    statuses: statuses.length,
    priced: recorded.priced,
    unknownParts: recorded.unknownParts,
  };
}

interface Addressed {
  readonly channel: ChannelName;
  readonly number: string;
}

interface Owner {
  readonly id: BusinessId;
  readonly covered: boolean;
}

const keyOf = ({ channel, number }: Addressed) => `${channel}|${number}`;

/** Resolves to the owner of each number in the delivery; unknown numbers are absent, as are those whose look-up failed. */
async function ownersOf(
  { messages, statuses }: Delivery,
  { businesses, covers = () => true }: AcceptPorts,
): Promise<{ readonly owners: ReadonlyMap<string, Owner>; readonly failure?: unknown }> {
  const numbers = new Map([...messages, ...statuses].map((item) => [keyOf(item), item]));
  const owners = new Map<string, Owner>();
  const found = await Promise.allSettled(
    [...numbers].map(async ([key, { channel, number }]) => {
      const business = await businesses.find(channel, number);
      if (business !== undefined) owners.set(key, { id: business.id, covered: covers(business) });
    }),
  );
  const failed = found.find((one) => one.status === 'rejected');
  return { owners, ...(failed !== undefined && { failure: failed.reason }) };
}

function owned<Item extends Addressed>(
  item: Item,
  owners: ReadonlyMap<string, Owner>,
): (Item & { readonly business: BusinessId })[] {
  const owner = owners.get(keyOf(item));
  return owner?.covered ? [{ ...item, business: owner.id }] : [];
}

function unique(conversations: readonly ConversationId[]): ConversationId[] {
  return [...new Set(conversations)];
}
