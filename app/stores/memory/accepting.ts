import { isCorrection } from '../../conversation/correction.ts';
import { accountOf, identitiesOf, newConversationId, rememberedId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import type { Acceptance, ConversationId, ConversationStore } from '../../ports.ts';
import type { Correcting } from './correcting.ts';
import type { Records, StoredConversation, StoredMessage } from './records.ts';

export function accepting(records: Records, corrections: Correcting): Pick<ConversationStore, 'accept'> {
  const { clock, messages, conversations, identities, busy } = records;
  let arrivals = 0;

  return {
    async accept(batch) {
      return batch.map(accept);
    },
  };

  function accept(message: Message): Acceptance {
    const id = rememberedId(message).toString('base64url');
    const known = messages.get(id);
    if (known !== undefined) {
      const waits = known.state === 'waiting' || known.state === 'taken';
      return { outcome: waits ? 'waiting' : 'done', conversation: known.conversation };
    }
    const held = conversationOf(message);
    const said = whatIsSaid(id, held.conversation.id, message);
    const stored: StoredMessage = {
      arrival: arrivals++,
      receivedAt: clock.now(),
      conversation: held.conversation.id,
      state: said === undefined ? 'done' : 'waiting',
      message: said,
    };
    messages.set(id, stored);
    if (said === undefined) return { outcome: 'done', conversation: stored.conversation };
    held.waiting.push(stored);
    busy.add(held);
    return { outcome: 'new', conversation: stored.conversation };
  }

  /** Undefined: there is nothing to answer. */
  function whatIsSaid(id: string, conversation: ConversationId, message: Message): Message | undefined {
    if (isCorrection(message)) corrections.correct(message, id, conversation);
    else if (message.content.kind !== 'silent') return corrections.meet(id, conversation, message);
    return undefined;
  }

  function conversationOf({ channel, number, person }: Message): StoredConversation {
    const names = identitiesOf(person);
    const scoped = names.map((name) => `${channel}|${number}|${name}`);
    const knownId = scoped.map((name) => identities.get(name)).find((id) => id !== undefined);
    const account = accountOf(person);
    const id = knownId ?? newConversationId(channel, number, account);
    let held = conversations.get(id);
    if (held === undefined) {
      const conversation = { id, channel, number, account, person: {} };
      held = { conversation, waiting: [], leaseUntil: 0, retryAt: 0, lastAt: clock.now() };
      conversations.set(id, held);
    }
    for (const name of scoped) identities.set(name, id);
    const { formerly: _, ...current } = person;
    held.conversation = { ...held.conversation, person: { ...held.conversation.person, ...current } };
    return held;
  }
}
