import type { Message, Person } from '#app/domain/message.ts';
import { message } from '../../fakes/messages.ts';
import { claimed, LEASE, type StoreSteps } from './store-test.ts';

export const OLD = '15550001001';
export const NEW = '15550001002';
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const at = (minutes: number) => START + minutes * MINUTE;

export const says = (person: Person, minutes: number, text = 'hello') =>
  message(text, { person, sentAt: at(minutes) });
export const announces = (person: Person, minutes: number) =>
  message('', { person, sentAt: at(minutes), content: { kind: 'silent', type: 'system' } });

const textOf = (messages: readonly Message[]) =>
  messages.flatMap(({ content }) => (content.kind === 'text' ? [content.text] : []));

/** Ends the turn of a conversation. Resolves to its person, the id at the assistant and the texts. */
export async function answered(store: StoreSteps['store'], id: string) {
  const { conversation, lease, turn } = claimed(await store.claim(id, LEASE));
  await store.finish(lease);
  return {
    assistantUserId: conversation.assistantUserId,
    person: conversation.person,
    texts: textOf(turn.messages),
  };
}
