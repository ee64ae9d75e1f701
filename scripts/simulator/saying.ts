import type { SayingOptions } from './actions.ts';
import type { Bubble, Chat, Chats } from './chats.ts';
import type { Content } from './content/person.ts';
import type { Counters } from './counters.ts';
import type { Media } from './media.ts';
import type { SimulatorOptions } from './options.ts';
import type { Person } from './people.ts';
import type { NewIdentity } from './roster.ts';
import { changeJson, contentJson, forgottenMessageId } from './webhook/message-json.ts';
import type { Outbox } from './webhook/outbox.ts';
import { messageUpdate, systemUpdate } from './webhook/payload.ts';

interface Means {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly counters: Counters;
  readonly media: Media;
  readonly outbox: Outbox;
}

/** Kinds that exist as an answer to a message of the business only, so that Meta always names that message. */
const ANSWERS = new Set(['button', 'list', 'quick_reply', 'flow']);

/** What people do, brought to the app. */
export function createSaying({ options, chats, counters, media, outbox }: Means) {
  function say(identity: string, content: Content, saying: SayingOptions = {}): string {
    const chat = chats.of(identity);
    const to = answered(chat, content);
    const bubble = chats.personSays(chat, content, { ...saying, ...(to === undefined ? {} : { to }) });
    counters.said += 1;
    const part = { ...context(chat.person, bubble), ...contentJson(content, media) };
    outbox.put(messageUpdate(chat.person, { ...bubble, part }));
    return bubble.id;
  }

  /** With a phone number the number changes, and the user id with it; without, the user id alone. */
  function change(identity: string, asked: NewIdentity): Person {
    const chat = chats.of(identity);
    const before = chats.change(chat, asked);
    const { person } = chat;
    const byNumber = asked.phone !== undefined;
    const [from, to] = byNumber
      ? [before.phone ?? before.userId, person.phone]
      : [before.userId, person.userId];
    const text = `User ${person.name} changed from ${from} to ${to}`;
    const news = { kind: byNumber ? 'changed_number' : 'changed_user_id', text } as const;
    const bubble = chats.personSays(chat, news);
    const part = changeJson(news, person, before.userId);
    outbox.put(systemUpdate(before, { ...bubble, part }, byNumber));
    return person;
  }

  /** The message that is replied to. */
  function answered(chat: Chat, content: Content): string | undefined {
    if (['reaction', 'edit', 'revoke'].includes(content.kind)) return undefined;
    const to = 'to' in content ? content.to : undefined;
    if (to !== undefined || !ANSWERS.has(content.kind)) return to;
    return chat.bubbles.findLast(({ by }) => by === 'business')?.id ?? forgottenMessageId();
  }

  function context(person: Person, { to }: Bubble): Record<string, unknown> {
    if (to === undefined) return {};
    const own = chats.bubble(to)?.by === 'person';
    return { context: { from: own ? (person.phone ?? person.userId) : options.displayNumber, id: to } };
  }

  return { say, change };
}
