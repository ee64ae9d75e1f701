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
  /** For each message, in the delivery's order. */
  readonly outcomes: readonly (Acceptance['outcome'] | 'foreign')[];
  readonly stored: number;
  /** Delivered before. */
  readonly known: number;
  /** For numbers that are not ours. */
  readonly foreign: number;
  readonly statuses: number;
}

/**
 * Stores everything a delivery holds and arranges that somebody looks at it. When this resolves, it is safe to tell
 * the platform so. Throws `Unavailable` when anything could not be stored or arranged: the platform delivers again,
 * and what was stored is known by then.
 */
export async function acceptDelivery(delivery: Delivery, ports: AcceptPorts): Promise<Accepted> {
  const { store, queue, windowMs } = ports;
  const isOurs = await knownNumbers(delivery, ports.businesses);
  const messages = delivery.messages.filter(isOurs);
  const statuses = delivery.statuses.filter(isOurs);

  const [acceptances, settled] = await Promise.all([
    messages.length > 0 ? store.accept(messages) : [],
    statuses.length > 0 ? store.recordStatuses(statuses) : [],
  ]);

  // A message that is known but still waits is woken again: its first wake-up may have been lost with the 503 that
  // made the platform come back.
  const awaiting = acceptances
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ conversation }) => conversation);
  await Promise.all([
    ...unique(awaiting).map((conversation) => queue.wake(conversation, windowMs)),
    ...unique(settled).map((conversation) => queue.wake(conversation, 0)),
  ]);

  const stored = acceptances.filter(({ outcome }) => outcome === 'new').length;
  const answers = acceptances.values();
  return {
    outcomes: delivery.messages.map(
      (message) => (isOurs(message) ? answers.next().value?.outcome : 'foreign') ?? 'foreign',
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

async function knownNumbers(
  { messages, statuses }: Delivery,
  businesses: Businesses,
): Promise<(item: Addressed) => boolean> {
  const keyOf = ({ channel, number }: Addressed) => `${channel}|${number}`;
  const asked = new Map([...messages, ...statuses].map((item) => [keyOf(item), item]));
  const ours = new Set<string>();
  await Promise.all(
    [...asked].map(async ([key, { channel, number }]) => {
      if ((await businesses.find(channel, number)) !== undefined) ours.add(key);
    }),
  );
  return (item) => ours.has(keyOf(item));
}

function unique(conversations: readonly ConversationId[]): ConversationId[] {
  return [...new Set(conversations)];
}
