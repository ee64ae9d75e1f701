import type { MessageOptions } from './actions.ts';
import type { Bubble, Chat, Chats } from './chats.ts';
import type { Content } from './content/person.ts';
import type { Counters } from './counters.ts';
import type { Media } from './media.ts';
import type { SimulatorOptions } from './options.ts';
import type { Person } from './people.ts';
import type { NewIdentity } from './roster.ts';
import { changeJson, contentJson, unknownMessageId } from './webhook/message-json.ts';
import type { Outbox } from './webhook/outbox.ts';
import { messageUpdate, systemUpdate } from './webhook/payload.ts';

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly counters: Counters;
  readonly media: Media;
  readonly outbox: Outbox;
}

/** Kinds that are always a reply to a message of the business. Meta includes the id of that message. */
const REPLY_KINDS = new Set(['button', 'list', 'quick_reply', 'flow']);

/** Actions of people, delivered to the app. */
export function createPersonActions({ options, chats, counters, media, outbox }: Dependencies) {
  function say(identity: string, content: Content, messageOptions: MessageOptions = {}): string {
    const chat = chats.of(identity);
    const to = repliedTo(chat, content);
    const bubble = chats.addPersonMessage(chat, content, {
      ...messageOptions,
      ...(to === undefined ? {} : { to }),
    });
    counters.said += 1;
    const part = { ...context(chat.person, bubble), ...contentJson(content, media) };
    outbox.put(messageUpdate(chat.person, { ...bubble, part }));
    return bubble.id;
  }

  /** Changes the phone number and the user id, or without a phone number the user id alone. */
  function change(identity: string, next: NewIdentity): Person {
    const chat = chats.of(identity);
    const before = chats.change(chat, next);
    const { person } = chat;
    const byNumber = next.phone !== undefined;
    const [from, to] = byNumber
      ? [before.phone ?? before.userId, person.phone]
      : [before.userId, person.userId];
    const text = `User ${person.name} changed from ${from} to ${to}`;
    const content = { kind: byNumber ? 'changed_number' : 'changed_user_id', text } as const;
    const bubble = chats.addPersonMessage(chat, content);
    const part = changeJson(content, person, before.userId);
    outbox.put(systemUpdate(before, { ...bubble, part }, byNumber));
    return person;
  }

  /** Returns the id of the message that is replied to. */
  function repliedTo(chat: Chat, content: Content): string | undefined {
    if (['reaction', 'edit', 'revoke'].includes(content.kind)) return undefined;
    const to = 'to' in content ? content.to : undefined;
    if (to !== undefined || !REPLY_KINDS.has(content.kind)) return to;
    return chat.bubbles.findLast(({ by }) => by === 'business')?.id ?? unknownMessageId();
  }

  function context(person: Person, { to }: Bubble): Record<string, unknown> {
    if (to === undefined) return {};
    const own = chats.bubble(to)?.by === 'person';
    return { context: { from: own ? (person.phone ?? person.userId) : options.displayNumber, id: to } };
  }

  return { say, change };
}
