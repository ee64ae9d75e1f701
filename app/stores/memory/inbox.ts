import { conversationIdOf } from '../../domain/business.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { isCorrection } from '../../domain/correction.ts';
import {
  newAssistantUserId,
  type Resolution,
  resolve,
  settledConversation,
} from '../../domain/identity/resolve.ts';
import { rememberedId } from '../../domain/identity.ts';
import { type Message, needsTurn } from '../../domain/message.ts';
import type { Acceptance, Inbox } from '../../ports/store.ts';
import { merged } from '../recorded.ts';
import type { Corrections } from './corrections.ts';
import { type Records, type StoredConversation, type StoredMessage, scopedName } from './records.ts';
import { recordingStatuses } from './statuses.ts';

export function inbox(records: Records, corrections: Corrections): Inbox {
  const { clock, newId, secret, messages, conversations, histories, busy } = records;
  const recordStatus = recordingStatuses(records);
  let arrivals = 0;

  return {
    async accept(batch) {
      return batch.map(accept);
    },

    async recordStatuses(statuses) {
      return merged(statuses.map(recordStatus));
    },
  };

  function accept(message: Message): Acceptance {
    const id = rememberedId(secret, message).toString('base64url');
    const known = messages.get(id);
    if (known !== undefined) {
      const waits = known.state === 'waiting' || known.state === 'taken';
      return { outcome: waits ? 'waiting' : 'done', conversation: known.conversation };
    }
    const stored = conversationOf(message);
    const conversation = stored?.conversation.id ?? '';
    const toAnswer = toBeAnswered(id, conversation, message);
    const added: StoredMessage = {
      arrival: arrivals++,
      receivedAt: clock.now(),
      conversation,
      state: toAnswer === undefined ? 'done' : 'waiting',
      message: toAnswer,
    };
    messages.set(id, added);
    if (toAnswer === undefined || stored === undefined) return { outcome: 'done', conversation };
    stored.waiting.push(added);
    busy.add(stored);
    return { outcome: 'new', conversation };
  }

  /** Returns the message with its corrections; undefined when it needs no reply. */
  function toBeAnswered(id: string, conversation: ConversationId, message: Message): Message | undefined {
    if (isCorrection(message)) corrections.correct(message, id, conversation);
    return needsTurn(message) ? corrections.apply(id, conversation, message) : undefined;
  }

  /** Returns undefined when the person is unknown. */
  function conversationOf(message: Message): StoredConversation | undefined {
    const { channel, number, person, sentAt } = message;
    const historyOf = (name: string) => histories.get(scopedName(message, name)) ?? [];
    const settled = conversations.get(settledConversation(message, historyOf) ?? '');
    if (settled !== undefined) return settled;

    const known = { historyOf, personOf };
    const resolution = resolve(
      message,
      known,
      () => conversationIdOf(message.business, newId()),
      clock.now(),
    );
    const { conversation: id } = resolution;
    if (id === '') return undefined;
    if (!conversations.has(id)) {
      const assistantUserId = newAssistantUserId(person, id, historyOf);
      const conversation = { id, channel, number, assistantUserId, person: {} };
      conversations.set(id, {
        ...{ conversation, waiting: [], failed: [], leaseUntil: 0, retryAt: 0 },
        ...{ lastAt: clock.now(), lastSentAt: sentAt },
      });
    }
    write(message, resolution);
    return conversations.get(id);
  }

  function personOf(id: string) {
    const stored = conversations.get(id);
    return stored && { ...stored.conversation.person, lastSentAt: stored.lastSentAt };
  }

  function write(message: Message, resolution: Resolution): void {
    for (const [name, history] of resolution.histories) {
      histories.set(scopedName(message, name), history);
    }
    for (const [id, person] of resolution.people) {
      const stored = conversations.get(id);
      if (stored !== undefined) stored.conversation = { ...stored.conversation, person };
    }
  }
}
