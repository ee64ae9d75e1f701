import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { BadRequest } from './bad-request.ts';
import type { BusinessContent } from './content/business.ts';
import type { Change, Content } from './content/person.ts';
import type { SimulatorOptions } from './options.ts';
import type { NewPerson, Person } from './people.ts';
import { type NewIdentity, Roster } from './roster.ts';
import type { Timers } from './timers.ts';

/**
 * How far a bubble has come. A person's: `sent` to WhatsApp, `delivered` when the app answered 200, `read` when the
 * app said so. The business's: `accepted`, then what the statuses tell the app.
 */
export type Progress = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export interface Bubble {
  /** Meta's message id. */
  readonly id: string;
  /** Larger than that of every bubble before it, over all chats. */
  readonly order: number;
  /** Whose chat: `Person.id`, which changes with the person's number. */
  person: string;
  readonly by: 'person' | 'business';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As it was sent; a redelivery is the same again. */
  readonly content: Content | Change | BusinessContent;
  /** Meta's id of the message that it replies to. */
  readonly to?: string;
  /** The app's `biz_opaque_callback_data`. */
  readonly key?: string;
  progress: Progress;
  /** Why it failed. */
  code?: number;
  /** The words that it was given later. */
  edited?: string;
  /** It was deleted for everyone. */
  revoked?: true;
}

export interface Chat {
  person: Person;
  /** The newest ones. */
  readonly bubbles: Bubble[];
  /** When the person last wrote; milliseconds since 1970. */
  wroteAt?: number;
  typingUntil?: number;
  phoneOff: boolean;
}

interface News {
  chat: [Chat];
  /** A new bubble, or one that has come further. */
  bubble: [Bubble];
  /** A new bubble of the business. */
  reply: [Bubble];
  /** The person has another `id`; the former one is given. */
  moved: [Chat, string];
}

const KEPT_PER_CHAT = 2_000;

/** All that was said, in memory and bounded. */
export class Chats {
  readonly news = new EventEmitter<News>();
  readonly #roster = new Roster<Chat>();
  readonly #bubbles = new Map<string, Bubble>();
  readonly #options: SimulatorOptions;
  readonly #timers: Timers;
  #order = 0;

  constructor(options: SimulatorOptions, timers: Timers) {
    this.#options = options;
    this.#timers = timers;
    this.news.setMaxListeners(0);
    for (const person of options.people) this.add(person);
  }

  /** Somebody who is there already stays as they are. */
  add(asked: NewPerson): Chat {
    return this.#roster.add(asked, (person) => this.#open(person));
  }

  /** By phone number or user id; whoever was not known is added. */
  of(identity: string): Chat {
    return this.find(identity) ?? this.#roster.addNamed(identity, (person) => this.#open(person));
  }

  find(identity: string): Chat | undefined {
    return this.#roster.find(identity);
  }

  all(): readonly Chat[] {
    return this.#roster.all();
  }

  /** Returns the person as it was. The former number and user id lead to nobody from now on. */
  change(chat: Chat, identity: NewIdentity): Person {
    const before = this.#roster.change(chat, identity);
    for (const bubble of chat.bubbles) bubble.person = chat.person.id;
    this.news.emit('moved', chat, before.id);
    return before;
  }

  bubble(id: string): Bubble | undefined {
    return this.#bubbles.get(id);
  }

  /** All that are remembered, in their order. */
  bubbles(): readonly Bubble[] {
    return [...this.#bubbles.values()];
  }

  /** A message id that is known already is the same message: nothing is added. */
  personSays(
    chat: Chat,
    content: Content | Change,
    { id = newMessageId(), at = this.#options.now(), to }: { id?: string; at?: number; to?: string } = {},
  ): Bubble {
    const known = this.#bubbles.get(id);
    if (known) return known;
    if (content.kind === 'edit' || content.kind === 'revoke') this.#amend(chat, content);
    else if (content.kind !== 'changed_number' && content.kind !== 'changed_user_id')
      chat.wroteAt = Math.max(chat.wroteAt ?? 0, at);
    return this.#put(chat, {
      id,
      at,
      by: 'person',
      content,
      progress: 'sent',
      ...(to === undefined ? {} : { to }),
    });
  }

  /** Ends the typing indicator, as on a phone. */
  businessSays(chat: Chat, content: BusinessContent, { key, to }: { key?: string; to?: string }): Bubble {
    this.#stopTyping(chat);
    const bubble = this.#put(chat, {
      id: newMessageId(),
      at: this.#options.now(),
      by: 'business',
      content,
      progress: 'accepted',
      ...(key === undefined ? {} : { key }),
      ...(to === undefined ? {} : { to }),
    });
    this.news.emit('reply', bubble);
    return bubble;
  }

  progress(bubble: Bubble, progress: Progress, code?: number): void {
    bubble.progress = progress;
    if (code !== undefined) bubble.code = code;
    this.news.emit('bubble', bubble);
  }

  /** Marking one as read marks all that the person said before it. */
  readUpTo(chat: Chat, last: Bubble): void {
    for (const bubble of chat.bubbles) {
      if (bubble.by === 'person' && bubble.order <= last.order && bubble.progress !== 'read')
        this.progress(bubble, 'read');
    }
  }

  showTyping(chat: Chat): void {
    const until = this.#options.now() + this.#options.typingMs;
    chat.typingUntil = until;
    this.news.emit('chat', chat);
    this.#timers.after(this.#options.typingMs, () => {
      if (chat.typingUntil === until) this.#stopTyping(chat);
    });
  }

  setPhoneOff(chat: Chat, off: boolean): void {
    chat.phoneOff = off;
    this.news.emit('chat', chat);
  }

  #stopTyping(chat: Chat): void {
    if (chat.typingUntil === undefined) return;
    delete chat.typingUntil;
    this.news.emit('chat', chat);
  }

  #open(person: Person): Chat {
    const chat: Chat = { person, bubbles: [], phoneOff: false };
    this.news.emit('chat', chat);
    return chat;
  }

  #amend(chat: Chat, content: Extract<Content, { kind: 'edit' | 'revoke' }>): void {
    const bubble = this.#bubbles.get(content.to);
    if (bubble?.by !== 'person' || bubble.person !== chat.person.id)
      throw new BadRequest('only an own message can be edited or deleted');
    if (bubble.revoked) throw new BadRequest('this message was deleted');
    if (content.kind === 'revoke') bubble.revoked = true;
    else if ('text' in bubble.content && ['text', 'image', 'video', 'document'].includes(bubble.content.kind))
      bubble.edited = content.text;
    else throw new BadRequest('only words can be edited');
    this.news.emit('bubble', bubble);
  }

  #put(chat: Chat, said: Omit<Bubble, 'order' | 'person'>): Bubble {
    this.#order += 1;
    const bubble: Bubble = { ...said, order: this.#order, person: chat.person.id };
    chat.bubbles.push(bubble);
    if (chat.bubbles.length > KEPT_PER_CHAT) chat.bubbles.shift();
    this.#bubbles.set(bubble.id, bubble);
    if (this.#bubbles.size > this.#options.remembered) this.#forgetOldest();
    this.news.emit('bubble', bubble);
    return bubble;
  }

  #forgetOldest(): void {
    const [oldest] = this.#bubbles.values();
    if (!oldest) return;
    this.#bubbles.delete(oldest.id);
    const bubbles = this.find(oldest.person)?.bubbles;
    if (bubbles?.[0] === oldest) bubbles.shift();
  }
}

/** Opaque, and never the same again: the app remembers ids for days, over restarts of the simulator. */
function newMessageId(): string {
  return `wamid.${randomBytes(31).toString('base64')}`;
}
