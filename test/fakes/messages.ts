import { ENV_BUSINESS } from '#app/domain/business.ts';
import type { Content, Message, Person, Status } from '#app/domain/message.ts';
import type { Business } from '#app/ports/businesses.ts';

let created = 0;

export const NUMBER = '100000000000001';
export const AISHA: Person = { phone: '15550001111', userId: 'US.13491208655302741918' };
export const BILAL: Person = { phone: '15550002222' };

interface MessageParts {
  readonly id?: string;
  readonly person?: Person;
  readonly business?: string;
  readonly number?: string;
  readonly sentAt?: number;
  readonly content?: Content;
  readonly quotes?: string;
}

/** A message of Aisha by default, with a new id. */
export function message(text = 'What is zakat?', parts: MessageParts = {}): Message {
  created += 1;
  return {
    id: parts.id ?? `wamid.test-${created}`,
    business: parts.business ?? ENV_BUSINESS,
    channel: 'meta',
    number: parts.number ?? NUMBER,
    person: parts.person ?? AISHA,
    sentAt: parts.sentAt ?? Date.UTC(2026, 0, 1) + created,
    content: parts.content ?? { kind: 'text', text },
    ...(parts.quotes !== undefined && { quotes: parts.quotes }),
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

function correction(of: Message, content: Content, parts: MessageParts): Message {
  const { business, person, number, sentAt } = of;
  return message('', { business, person, number, sentAt: sentAt + 1_000, ...parts, content });
}

export function status(key: string, progress: Status['progress'], rest: Partial<Status> = {}): Status {
  const sender = { business: ENV_BUSINESS, channel: 'meta', number: NUMBER };
  return { ...sender, platformId: `wamid.of-${key}`, key, progress, at: 0, ...rest };
}

/** A business with the number, without settings of its own. */
export function businessWith(parts: Partial<Business> & { readonly token?: string } = {}): Business {
  const { token = 'secret-token', ...rest } = parts;
  return {
    ...{ id: ENV_BUSINESS, channel: 'meta', number: NUMBER, settings: {} },
    ...{ accessToken: () => token, appSecrets: () => [] },
    ...rest,
  };
}
