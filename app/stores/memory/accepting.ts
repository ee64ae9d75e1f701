import type { ConversationId } from '../../domain/conversation.ts';
import { isCorrection } from '../../domain/correction.ts';
import { newAccount, type Resolution, resolve, settledConversation } from '../../domain/identity/resolve.ts';
import { rememberedId } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import type { Acceptance, ConversationStore } from '../../ports/store.ts';
import type { Correcting } from './correcting.ts';
import { type Records, type StoredConversation, type StoredMessage, scopedName } from './records.ts';

export function accepting(records: Records, corrections: Correcting): Pick<ConversationStore, 'accept'> {
  const { clock, newId, secret, messages, conversations, histories, busy } = records;
  let arrivals = 0;

  return {
    async accept(batch) {
      return batch.map(accept);
    },
  };

  function accept(message: Message): Acceptance {
    const id = rememberedId(secret, message).toString('base64url');
    const known = messages.get(id);
    if (known !== undefined) {
      const waits = known.state === 'waiting' || known.state === 'taken';
      return { outcome: waits ? 'waiting' : 'done', conversation: known.conversation };
    }
    const held = conversationOf(message);
    const conversation = held?.conversation.id ?? '';
    const said = whatIsSaid(id, conversation, message);
    const stored: StoredMessage = {
      arrival: arrivals++,
      receivedAt: clock.now(),
      conversation,
      state: said === undefined ? 'done' : 'waiting',
      message: said,
    };
    messages.set(id, stored);
    if (said === undefined || held === undefined) return { outcome: 'done', conversation };
    held.waiting.push(stored);
    busy.add(held);
    return { outcome: 'new', conversation };
  }

  /** Undefined: there is nothing to answer. */
  function whatIsSaid(id: string, conversation: ConversationId, message: Message): Message | undefined {
    if (isCorrection(message)) corrections.correct(message, id, conversation);
    else if (message.content.kind !== 'silent') return corrections.meet(id, conversation, message);
    return undefined;
  }

  /** Undefined: the message belongs to nobody. */
  function conversationOf(message: Message): StoredConversation | undefined {
    const { channel, number, person, sentAt } = message;
    const historyOf = (name: string) => histories.get(scopedName(channel, number, name)) ?? [];
    const settled = conversations.get(settledConversation(message, historyOf) ?? '');
    if (settled !== undefined) return settled;

    const known = { historyOf, personOf };
    const resolution = resolve(message, known, newId, clock.now());
    const { conversation: id } = resolution;
    if (id === '') return undefined;
    if (!conversations.has(id)) {
      const account = newAccount(person, id, historyOf);
      const conversation = { id, channel, number, account, person: {} };
      conversations.set(id, {
        ...{ conversation, waiting: [], failed: [], leaseUntil: 0, retryAt: 0 },
        ...{ lastAt: clock.now(), lastSentAt: sentAt },
      });
    }
    write(message, resolution);
    return conversations.get(id);
  }

  function personOf(id: string) {
    const held = conversations.get(id);
    return held && { ...held.conversation.person, lastSentAt: held.lastSentAt };
  }

  function write({ channel, number }: Message, resolution: Resolution): void {
    for (const [name, history] of resolution.histories) {
      histories.set(scopedName(channel, number, name), history);
    }
    for (const [id, person] of resolution.people) {
      const held = conversations.get(id);
      if (held !== undefined) held.conversation = { ...held.conversation, person };
    }
  }
}
