import { EventEmitter } from 'node:events';
import { BadRequest } from './bad-request.ts';
import type { Bubble, Chat, Progress } from './bubble.ts';
import type { BusinessContent } from './content/business.ts';
import type { Change, Content } from './content/person.ts';
import type { SimulatorOptions } from './options.ts';
import type { NewPerson, Person } from './people.ts';
import { type NewIdentity, Roster } from './roster.ts';
import type { KeptChats } from './state/schema.ts';
import type { Timers } from './timers.ts';

export type { Bubble, Chat, Progress } from './bubble.ts';

/** Returns an id for a message of this kind, unique over restarts of the simulator: the app remembers ids for days. */
export type NewMessageId = (kind: Bubble['content']['kind']) => string;

interface ChatEvents {
  chat: [Chat];
  /** A new bubble, or one whose state has changed. */
  bubble: [Bubble];
  /** A new bubble of the business. */
  reply: [Bubble];
  /** The `id` of the person has changed from the given one. */
  moved: [Chat, string];
}

const MAX_PER_CHAT = 2_000;

/** All chats, in memory and bounded. */
export class Chats {
  readonly events = new EventEmitter<ChatEvents>();
  readonly #roster = new Roster<Chat>();
  readonly #bubbles = new Map<string, Bubble>();
  readonly #options: SimulatorOptions;
  readonly #timers: Timers;
  readonly #newMessageId: NewMessageId;
  #order = 0;

  constructor(options: SimulatorOptions, timers: Timers, newMessageId: NewMessageId) {
    this.#options = options;
    this.#timers = timers;
    this.#newMessageId = newMessageId;
    this.events.setMaxListeners(0);
  }

  /** Takes over the chats of a former process. Call it before any other method. */
  restore({ chats, usedUserIds }: KeptChats): void {
    for (const chat of chats) this.#roster.restore(chat);
    this.#roster.reserve(usedUserIds);
    const bubbles = chats.flatMap((chat) => chat.bubbles).sort((one, other) => one.order - other.order);
    for (const bubble of bubbles) this.#bubbles.set(bubble.id, bubble);
    this.#order = bubbles.at(-1)?.order ?? 0;
  }

  /** Returns what `restore` takes. */
  kept(): KeptChats {
    return { chats: this.all(), usedUserIds: this.#roster.usedUserIds() };
  }

  /** Returns the chat of a person who exists already, unchanged. */
  add(person: NewPerson): Chat {
    return this.#roster.add(person, (added) => this.#open(added));
  }

  /** Returns the chat of a phone number or user id. Adds an unknown person. */
  of(identity: string): Chat {
    return this.find(identity) ?? this.#roster.addNamed(identity, (added) => this.#open(added));
  }

  find(identity: string): Chat | undefined {
    return this.#roster.find(identity);
  }

  all(): readonly Chat[] {
    return this.#roster.all();
  }

  /** Returns the person before the change. The former number and user id belong to nobody afterwards. */
  change(chat: Chat, identity: NewIdentity): Person {
    const before = this.#roster.change(chat, identity);
    for (const bubble of chat.bubbles) bubble.person = chat.person.id;
    this.events.emit('moved', chat, before.id);
    return before;
  }

  bubble(id: string): Bubble | undefined {
    return this.#bubbles.get(id);
  }

  /** All stored bubbles, in their order. */
  bubbles(): readonly Bubble[] {
    return [...this.#bubbles.values()];
  }

  /** Idempotent by message id. */
  addPersonMessage(
    chat: Chat,
    content: Content | Change,
    { id, at = this.#options.now(), to }: { id?: string; at?: number; to?: string } = {},
  ): Bubble {
    const known = id === undefined ? undefined : this.#bubbles.get(id);
    if (known) return known;
    if (content.kind === 'edit' || content.kind === 'revoke') this.#amend(chat, content);
    else if (content.kind !== 'changed_number' && content.kind !== 'changed_user_id')
      chat.wroteAt = Math.max(chat.wroteAt ?? 0, at);
    return this.#put(chat, {
      id: id ?? this.#newMessageId(content.kind),
      at,
      by: 'person',
      content,
      progress: 'sent',
      ...(to === undefined ? {} : { to }),
    });
  }

  /** Ends the typing indicator, as on a phone. */
  addBusinessMessage(
    chat: Chat,
    content: BusinessContent,
    { key, to, at = this.#options.now() }: { key?: string; to?: string; at?: number },
  ): Bubble {
    this.#stopTyping(chat);
    const bubble = this.#put(chat, {
      id: this.#newMessageId(content.kind),
      at,
      by: 'business',
      content,
      progress: 'accepted',
      ...(key === undefined ? {} : { key }),
      ...(to === undefined ? {} : { to }),
    });
    this.events.emit('reply', bubble);
    return bubble;
  }

  progress(bubble: Bubble, progress: Progress, failure?: { code: number; reason: string }): void {
    bubble.progress = progress;
    Object.assign(bubble, failure);
    this.events.emit('bubble', bubble);
  }

  /** Marks a message and all earlier messages of the person as read. */
  readUpTo(chat: Chat, last: Bubble): void {
    for (const bubble of chat.bubbles) {
      if (bubble.by === 'person' && bubble.order <= last.order && bubble.progress !== 'read')
        this.progress(bubble, 'read');
    }
  }

  showTyping(chat: Chat): void {
    const until = this.#options.now() + this.#options.typingMs;
    chat.typingUntil = until;
    this.events.emit('chat', chat);
    this.#timers.after(this.#options.typingMs, () => {
      if (chat.typingUntil === until) this.#stopTyping(chat);
    });
  }

  setPhoneOff(chat: Chat, off: boolean): void {
    chat.phoneOff = off;
    this.events.emit('chat', chat);
  }

  #stopTyping(chat: Chat): void {
    if (chat.typingUntil === undefined) return;
    delete chat.typingUntil;
    this.events.emit('chat', chat);
  }

  #open(person: Person): Chat {
    const chat: Chat = { person, bubbles: [], phoneOff: false };
    this.events.emit('chat', chat);
    return chat;
  }

  #amend(chat: Chat, content: Extract<Content, { kind: 'edit' | 'revoke' }>): void {
    const bubble = this.#bubbles.get(content.to);
    if (bubble?.by !== 'person' || bubble.person !== chat.person.id)
      throw new BadRequest('only the sender of a message can edit or delete it');
    if (bubble.revoked) throw new BadRequest('this message was deleted');
    if (content.kind === 'revoke') bubble.revoked = true;
    else if ('text' in bubble.content && ['text', 'image', 'video', 'document'].includes(bubble.content.kind))
      bubble.edited = content.text;
    else throw new BadRequest('only text can be edited');
    this.events.emit('bubble', bubble);
  }

  #put(chat: Chat, content: Omit<Bubble, 'order' | 'person'>): Bubble {
    this.#order += 1;
    const bubble: Bubble = { ...content, order: this.#order, person: chat.person.id };
    chat.bubbles.push(bubble);
    if (chat.bubbles.length > MAX_PER_CHAT) chat.bubbles.shift();
    this.#bubbles.set(bubble.id, bubble);
    if (this.#bubbles.size > this.#options.maxStored) this.#dropOldest();
    this.events.emit('bubble', bubble);
    return bubble;
  }

  #dropOldest(): void {
    const [oldest] = this.#bubbles.values();
    if (!oldest) return;
    this.#bubbles.delete(oldest.id);
    const bubbles = this.find(oldest.person)?.bubbles;
    if (bubbles?.[0] === oldest) bubbles.shift();
  }
}
