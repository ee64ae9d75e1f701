import type { Update } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import {
  type Change,
  type Correction,
  changeOf,
  corrected,
  isNewer,
  originalOf,
} from '../../domain/correction.ts';
import { Unavailable } from '../../domain/errors.ts';
import { rememberedId } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Acceptance } from '../../ports/store.ts';
import { fitItem } from './fit.ts';
import { conversationFrom } from './items/conversation.ts';
import { conversationKey, orphanPartition, waitingShardOf } from './items/keys.ts';
import { messageKey, type StoredMessage } from './items/message.ts';
import { isSameRef } from './items/message-ref.ts';
import type { Messages, Ref } from './messages.ts';
import type { ReadSecret } from './secret.ts';

interface CorrectionPorts {
  readonly conversations: Table;
  readonly messageTable: Table;
  readonly messages: Messages;
  readonly secret: ReadSecret;
  readonly clock: Clock;
}

/** An arriving message with its conversation. */
interface Arriving {
  /** Undefined: it needs no reply. */
  readonly message: Message | undefined;
  readonly conversation: ConversationId;
  readonly arrival: number;
}

/** Read and write are repeated when the message, its turn or another correction changes in between. */
const MAX_ROUNDS = 10;

/**
 * Edits and revokes. Each is one conditional write of one item: of the waiting message, or, if the message has not arrived,
 * of an item in its place, which the message replaces later. Every write requires an unchanged state and stamp, so that
 * concurrent corrections and claims are serialised.
 *
 * Whether a turn has taken a message is read before the write. A turn that opens in between gets the text at the moment it
 * reads it: the old or the new one.
 */
export function openCorrections({ conversations, messageTable, messages, secret, clock }: CorrectionPorts) {
  const expiry = (keptMs: number) => Math.ceil((clock.now() + keptMs) / 1000);

  return {
    /** Changes a waiting message of the same conversation. A message that a turn has taken stays unchanged. */
    async correct(
      correction: Correction,
      ownId: string,
      conversation: ConversationId,
      partition: string,
    ): Promise<void> {
      const id = rememberedId(await secret(), originalOf(correction)).toString('base64url');
      const change = fittingChange(correction, ownId);
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const item = await conversations.get(conversationKey(conversation));
        // It was erased concurrently.
        if (item === undefined) return;
        const { partitions, turn } = conversationFrom(item);
        const orphan = orphanPartition(id);
        const places = [...new Set([partition, ...partitions, orphan])];
        const found = await messages.findEach(places.map((place) => ({ partition: place, id })));
        const own = found.find((stored) => stored.conversation === conversation);
        if (own === undefined) {
          // Of a person who was erased: nothing is expected any more.
          if (found.some((stored) => stored.partition === orphan)) return;
          // Another person's message: after a number changed its owner, both persons' messages share a partition.
          if (found.some((stored) => stored.partition === partition && stored.state !== 'ahead')) return;
          if (await putAhead({ partition, id }, conversation, change)) return;
        } else if (turn?.messages.some((ref) => isSameRef(ref, own)) || (await apply(change, own))) return;
      }
      throw new Unavailable('a message changes too fast to be corrected', {
        scope: 'app',
        code: 'contended',
      });
    },

    /**
     * Replaces a correction that arrived before its message by the message. Resolves to undefined when another correction or
     * another delivery of the message was written in between.
     */
    async replaceAhead(there: StoredMessage, arriving: Arriving): Promise<Acceptance | undefined> {
      const { message, conversation, arrival } = arriving;
      const next = message && afterChange(message, there, conversation);
      const state =
        next === undefined
          ? { set: { state: 'done', expires_at: expiry(IDS_KEPT_MS) }, remove: [] }
          : {
              set: { state: 'waiting', shard: waitingShardOf(there.id), at: arrival, ...contentOf(next) },
              remove: ['expires_at', ...(next.edited === undefined ? ['edited'] : [])],
            };
      const written = await messageTable.update(messageKey(there), {
        set: { conversation, arrival, ...state.set },
        remove: ['change', ...state.remove],
        when: '#state = :ahead AND #conversation = :seen AND #edited = :stamp',
        values: { ahead: 'ahead', seen: there.conversation, stamp: there.change?.stamp ?? '' },
      });
      return written && { outcome: next === undefined ? 'done' : 'new', conversation };
    },

    /**
     * Applies corrections in one partition of a conversation to messages that wait in another one. Resolves to true when
     * there was one: the caller must read the waiting messages again.
     */
    async applyAhead(waiting: readonly StoredMessage[], ahead: readonly StoredMessage[]): Promise<boolean> {
      let found = false;
      for (const there of ahead) {
        const { change } = there;
        const own = waiting.find((stored) => stored.id === there.id);
        if (own === undefined || change === undefined) continue;
        found = true;
        if (!(await apply(change, own))) continue;
        await messageTable.update(messageKey(there), {
          set: { state: 'done', expires_at: expiry(IDS_KEPT_MS) },
          remove: ['change'],
          when: '#state = :ahead AND #edited = :stamp',
          values: { ahead: 'ahead', stamp: change.stamp },
        });
      }
      return found;
    },
  };

  /** Resolves to false when an item was created concurrently. Replaces an item of another conversation. */
  function putAhead(ref: Ref, conversation: ConversationId, change: Change): Promise<boolean> {
    const item = {
      ...messageKey(ref),
      ...{ conversation, state: 'ahead', arrival: 0, redrives: 0, edited: change.stamp },
      change: JSON.stringify(change),
      expires_at: expiry(TEXT_KEPT_MS),
    };
    return messageTable.put(item, {
      when: 'attribute_not_exists(#partition) OR #expires_at < :now OR (#state = :ahead AND #conversation <> :own)',
      values: { now: Math.floor(clock.now() / 1000), ahead: 'ahead', own: conversation },
    });
  }

  /** Resolves to false when the message has changed since the read. */
  async function apply(change: Change, own: StoredMessage): Promise<boolean> {
    if (own.state === 'ahead') {
      if (!isNewer(change, own.change?.stamp)) return true;
      const update = { set: { edited: change.stamp, change: JSON.stringify(change) } };
      return write(own, 'ahead', change, update);
    }
    if (own.state !== 'waiting' || own.message === undefined) return true;
    const next = corrected(own.message, change);
    if (next === own.message) return true;
    if (next !== undefined) return write(own, 'waiting', change, { set: contentOf(next) });
    const set = { state: 'done', edited: change.stamp, expires_at: expiry(IDS_KEPT_MS) };
    return write(own, 'waiting', change, { set, remove: ['content', 'shard', 'at'] });
  }

  async function write(
    own: StoredMessage,
    state: StoredMessage['state'],
    { stamp }: Change,
    update: Pick<Update, 'set' | 'remove'>,
  ): Promise<boolean> {
    const written = await messageTable.update(messageKey(own), {
      ...update,
      when: '#state = :state AND #redrives = :redrives AND (attribute_not_exists(#edited) OR #edited < :stamp)',
      values: { state, redrives: own.redrives, stamp },
    });
    return written !== undefined;
  }
}

export type Corrections = ReturnType<typeof openCorrections>;

function contentOf(message: Message) {
  return { content: JSON.stringify(message), edited: message.edited };
}

/** A correction of another conversation does not apply to the message. */
function afterChange(
  message: Message,
  there: StoredMessage,
  conversation: ConversationId,
): Message | undefined {
  if (there.conversation !== conversation || there.change === undefined) return message;
  return corrected(message, there.change);
}

function fittingChange(correction: Correction, ownId: string): Change {
  const change = changeOf(correction, ownId);
  if (change.content === undefined) return change;
  const { content } = fitItem({ ...correction, content: change.content });
  return content.kind === 'text' ? { ...change, content } : change;
}
