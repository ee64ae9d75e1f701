import type { MessageOptions } from './actions.ts';
import type { Bubble, Chat, NewMessageId } from './chats.ts';
import type { Change, Content } from './content/person.ts';
import type { Person } from './people.ts';
import type { Shared } from './platform.ts';
import type { NewIdentity } from './roster.ts';

interface Dependencies extends Pick<Shared, 'chats' | 'counters'> {
  readonly newMessageId: NewMessageId;
  /** Throws `BadRequest` for content that the platform does not deliver. */
  readonly check?: (content: Content) => void;
  readonly deliverMessage: (chat: Chat, bubble: Bubble, content: Content) => void;
  /** `before` is the person before the change. */
  readonly deliverChange: (chat: Chat, bubble: Bubble, content: Change, before: Person) => void;
}

/** Kinds that are always a reply to a message of the business. The platform includes the id of that message. */
const REPLY_KINDS = new Set(['button', 'list', 'quick_reply', 'flow']);

/** Actions of people, delivered to the app. */
export function createPersonActions(dependencies: Dependencies) {
  const { chats, counters, newMessageId, check, deliverMessage, deliverChange } = dependencies;

  function say(identity: string, content: Content, messageOptions: MessageOptions = {}): string {
    check?.(content);
    const chat = chats.of(identity);
    const to = repliedTo(chat, content);
    const bubble = chats.addPersonMessage(chat, content, {
      ...messageOptions,
      ...(to === undefined ? {} : { to }),
    });
    counters.said += 1;
    deliverMessage(chat, bubble, content);
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
    deliverChange(chat, chats.addPersonMessage(chat, content), content, before);
    return person;
  }

  /** Returns the id of the message that is replied to. */
  function repliedTo(chat: Chat, content: Content): string | undefined {
    if (['reaction', 'edit', 'revoke'].includes(content.kind)) return undefined;
    const to = 'to' in content ? content.to : undefined;
    if (to !== undefined || !REPLY_KINDS.has(content.kind)) return to;
    return chat.bubbles.findLast(({ by }) => by === 'business')?.id ?? newMessageId('text');
  }

  return { say, change };
}
