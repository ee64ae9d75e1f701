import type { Content, Message, Person, Status } from '#app/domain/message.ts';

let created = 0;

export const NUMBER = '100000000000001';
export const AISHA: Person = { phone: '15550001111', userId: 'US.13491208655302741918' };
export const BILAL: Person = { phone: '15550002222' };

interface MessageParts {
  readonly id?: string;
  readonly person?: Person;
  readonly number?: string;
  readonly sentAt?: number;
  readonly content?: Content;
}

/** A message of Aisha by default, with a new id. */
export function message(text = 'What is zakat?', parts: MessageParts = {}): Message {
  created += 1;
  return {
    id: parts.id ?? `wamid.test-${created}`,
    channel: 'meta',
    number: parts.number ?? NUMBER,
    person: parts.person ?? AISHA,
    sentAt: parts.sentAt ?? Date.UTC(2026, 0, 1) + created,
    content: parts.content ?? { kind: 'text', text },
  };
}

/** An edit of the message by its own person, by default a second later. */
export function edit(of: Message, text: string, parts: MessageParts = {}): Message {
  return correction(of, { kind: 'edit', of: of.id, content: { kind: 'text', text } }, parts);
}

/** A revoke of the message by its own person. */
export function revoke(of: Message, parts: MessageParts = {}): Message {
  return correction(of, { kind: 'revoke', of: of.id }, parts);
}

function correction({ person, number, sentAt }: Message, content: Content, parts: MessageParts): Message {
  return message('', { person, number, sentAt: sentAt + 1_000, ...parts, content });
}

export function status(key: string, progress: Status['progress'], rest: Partial<Status> = {}): Status {
  return { channel: 'meta', number: NUMBER, platformId: `wamid.of-${key}`, key, progress, at: 0, ...rest };
}
