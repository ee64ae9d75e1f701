import type { Bubble, Chat, Chats } from '../chats.ts';
import type { Faults } from '../faults.ts';
import { errorJson } from '../graph/errors.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import type { Outbox } from './outbox.ts';
import { statusUpdate } from './payload.ts';

export interface Statuses {
  /** Reports the statuses of an accepted reply. */
  follow(chat: Chat, reply: Bubble): void;
  /** Marks every delivered reply of the chat as read. */
  read(chat: Chat): void;
  /** While the phone is off nothing is delivered. Switching it on delivers what waited. */
  setPhoneOff(chat: Chat, off: boolean): void;
}

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly outbox: Outbox;
  readonly timers: Timers;
}

export function createStatuses({ options, chats, faults, outbox, timers }: Dependencies): Statuses {
  function report(
    chat: Chat,
    reply: Bubble,
    status: 'sent' | 'delivered' | 'read' | 'failed',
    code?: number,
  ) {
    chats.progress(reply, status, code);
    if (faults.draw(['drop_statuses'], { people: [chat.person.id] })) return;
    outbox.put(
      statusUpdate(chat.person, {
        id: reply.id,
        status,
        at: options.now(),
        ...(reply.key === undefined ? {} : { key: reply.key }),
        ...(code === undefined ? {} : { error: errorJson(code) }),
      }),
    );
  }

  function deliver(chat: Chat, reply: Bubble): void {
    // A reaction has no status but `sent` (Meta, "Reaction messages").
    if (chat.phoneOff || reply.progress !== 'sent' || reply.content.kind === 'reaction') return;
    report(chat, reply, 'delivered');
    if (options.readsImmediately) report(chat, reply, 'read');
  }

  return {
    follow(chat, reply) {
      const failure = faults.draw(['fails_later'], { people: [chat.person.id] });
      if (failure) {
        timers.after(options.sentAfterMs, () => report(chat, reply, 'failed', failure.code));
        return;
      }
      timers.after(options.sentAfterMs, () => {
        report(chat, reply, 'sent');
        timers.after(options.deliveredAfterMs - options.sentAfterMs, () => deliver(chat, reply));
      });
    },
    read(chat) {
      if (chat.phoneOff) return;
      for (const bubble of chat.bubbles) {
        if (bubble.by === 'business' && bubble.progress === 'delivered') report(chat, bubble, 'read');
      }
    },
    setPhoneOff(chat, off) {
      chats.setPhoneOff(chat, off);
      for (const bubble of chat.bubbles) if (bubble.by === 'business') deliver(chat, bubble);
    },
  };
}
