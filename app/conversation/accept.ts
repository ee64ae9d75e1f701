import type { ConversationId } from '../domain/conversation.ts';
import type { ChannelName, Delivery } from '../domain/message.ts';
import type { Businesses } from '../ports/businesses.ts';
import type { Queue } from '../ports/queue.ts';
import type { Acceptance, Inbox } from '../ports/store.ts';

interface AcceptPorts {
  readonly businesses: Businesses;
  readonly store: Inbox;
  readonly queue: Queue;
  /** What a person sends within this long becomes one turn. */
  readonly windowMs: number;
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
  readonly statuses: number;
}

/**
 * Stores every item of a delivery and wakes the conversations with work. Once this resolves, the delivery may be
 * acknowledged to the platform. Throws `Unavailable` when an item could not be stored or a conversation could not be
 * woken: the platform then delivers again, and ids stored before are recognised. Idempotent.
 */
export async function acceptDelivery(delivery: Delivery, ports: AcceptPorts): Promise<Accepted> {
  const { store, queue, windowMs } = ports;
  const isOurs = await ownNumbers(delivery, ports.businesses);
  const messages = delivery.messages.filter(isOurs);
  const statuses = delivery.statuses.filter(isOurs);

  const [acceptances, settled] = await Promise.all([
    messages.length > 0 ? store.accept(messages) : [],
    statuses.length > 0 ? store.recordStatuses(statuses) : [],
  ]);

  // A known message that still waits is woken again: its first wake-up may have been lost with the 503 that made the
  // platform deliver again.
  const awaiting = acceptances
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ conversation }) => conversation);
  await Promise.all([
    ...unique(awaiting).map((conversation) => queue.wake(conversation, windowMs)),
    ...unique(settled).map((conversation) => queue.wake(conversation, 0)),
  ]);

  const stored = acceptances.filter(({ outcome }) => outcome === 'new').length;
  const remaining = acceptances.values();
  return {
    outcomes: delivery.messages.map(
      (message) => (isOurs(message) ? remaining.next().value?.outcome : 'foreign') ?? 'foreign',
    ),
    stored,
    known: acceptances.length - stored,
    foreign: delivery.messages.length + delivery.statuses.length - messages.length - statuses.length,
    statuses: statuses.length,
  };
}

interface Addressed {
  readonly channel: ChannelName;
  readonly number: string;
}

async function ownNumbers(
  { messages, statuses }: Delivery,
  businesses: Businesses,
): Promise<(item: Addressed) => boolean> {
  const keyOf = ({ channel, number }: Addressed) => `${channel}|${number}`;
  const numbers = new Map([...messages, ...statuses].map((item) => [keyOf(item), item]));
  const ours = new Set<string>();
  await Promise.all(
    [...numbers].map(async ([key, { channel, number }]) => {
      if ((await businesses.find(channel, number)) !== undefined) ours.add(key);
    }),
  );
  return (item) => ours.has(keyOf(item));
}

function unique(conversations: readonly ConversationId[]): ConversationId[] {
  return [...new Set(conversations)];
}
