import { accountOf, identitiesOf, newConversationId, rememberedId } from '../../conversation/identity.ts';
import type { Message } from '../../conversation/message.ts';
import type { Acceptance, ConversationStore } from '../../ports.ts';
import type { Records, StoredConversation, StoredMessage } from './records.ts';

export function accepting(records: Records): Pick<ConversationStore, 'accept'> {
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
    const silent = message.content.kind === 'silent';
    const stored: StoredMessage = {
      arrival: arrivals++,
      receivedAt: clock.now(),
      conversation: held.conversation.id,
      state: silent ? 'done' : 'waiting',
      message: silent ? undefined : message,
    };
    messages.set(id, stored);
    if (silent) return { outcome: 'done', conversation: stored.conversation };
    held.waiting.push(stored);
    busy.add(held);
    return { outcome: 'new', conversation: stored.conversation };
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
      held = { conversation, waiting: [], failed: [], leaseUntil: 0, retryAt: 0, lastAt: clock.now() };
      conversations.set(id, held);
    }
    for (const name of scoped) identities.set(name, id);
    const { formerly: _, ...current } = person;
    held.conversation = { ...held.conversation, person: { ...held.conversation.person, ...current } };
    return held;
  }
}
