import type { ConversationId } from '../../domain/conversation.ts';

/** A stored message that is in no index. */
export interface Arrived {
  readonly id: Buffer;
  readonly conversation: ConversationId;
  /** Its place in the table. */
  readonly arrival: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

interface Slice {
  readonly ids: readonly Arrived[];
  readonly waiting: readonly Arrived[];
  /** The last arrival of all, with the last slice. */
  readonly last?: number;
}

/**
 * Stored messages that are in no index, in memory. `next` returns them in the order of the indexes: neighbours in an index
 * are on the same page, so that each page is written once.
 */
export function arrivedMessages() {
  const byId = new Map<string, Arrived>();
  const waitingIn = new Map<ConversationId, Arrived[]>();
  let last: number | undefined;
  /** What is left to be returned, by the first half byte of the id: sorting a share of the ids takes no long pause. */
  const idsByStart: Arrived[][] = Array.from({ length: 16 }, () => []);
  let start = 0;
  const idsLeft: Arrived[] = [];
  /** In reverse order; undefined until all ids were returned. */
  let conversationsLeft: ConversationId[] | undefined;

  function takeWaiting(conversation: ConversationId): readonly Arrived[] {
    const found = waitingIn.get(conversation) ?? [];
    waitingIn.delete(conversation);
    return found;
  }

  function nextIds(limit: number): readonly Arrived[] {
    while (idsLeft.length < limit && start < idsByStart.length) {
      idsLeft.push(...(idsByStart[start] ?? []).sort((a, b) => Buffer.compare(a.id, b.id)));
      start += 1;
    }
    return idsLeft.splice(0, limit);
  }

  return {
    size: () => byId.size,
    isEmpty: () => byId.size === 0,

    add(arrived: Arrived, isWaiting: boolean): void {
      byId.set(keyOf(arrived.id), arrived);
      idsByStart[(arrived.id[0] ?? 0) >> 4]?.push(arrived);
      last = arrived.arrival;
      if (!isWaiting) return;
      const others = waitingIn.get(arrived.conversation);
      if (others === undefined) waitingIn.set(arrived.conversation, [arrived]);
      else others.push(arrived);
    },

    arrivalOf: (id: Buffer): number | undefined => byId.get(keyOf(id))?.arrival,

    /** Returns the waiting messages of a conversation that are not yet indexed, once. */
    takeWaiting,

    /** Returns all waiting messages that are not yet indexed, once. */
    takeAllWaiting: (): readonly Arrived[] => [...waitingIn.keys()].sort().flatMap(takeWaiting),

    /** Returns about `limit` more index rows. Nothing may be added afterwards. With the last ones it is empty. */
    next(limit: number): Slice {
      const ids = nextIds(limit);
      const waiting: Arrived[] = [];
      if (ids.length < limit) {
        conversationsLeft ??= [...waitingIn.keys()].sort().reverse();
        while (ids.length + waiting.length < limit) {
          const conversation = conversationsLeft.pop();
          if (conversation === undefined) {
            byId.clear();
            return { ids, waiting, ...(last !== undefined && { last }) };
          }
          waiting.push(...takeWaiting(conversation));
        }
      }
      return { ids, waiting };
    },
  };
}

/** One character for each byte. */
function keyOf(id: Buffer): string {
  return id.toString('latin1');
}
