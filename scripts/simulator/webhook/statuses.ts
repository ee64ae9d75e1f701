import type { Bubble, Chat, Chats } from '../chats.ts';
import type { Faults } from '../faults.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';

type Status = 'sent' | 'delivered' | 'read' | 'failed';

/** Delivers a status to the app. `code`: why it failed. */
type ReportStatus = (chat: Chat, reply: Bubble, status: Status, code?: number) => void;

export interface Statuses {
  /** Reports the statuses of an accepted reply. With a code it fails with that. */
  follow(chat: Chat, reply: Bubble, code?: number): void;
  /** Marks every delivered reply of the chat as read. */
  read(chat: Chat): void;
  /** While the phone is off nothing is delivered. Switching it on delivers what waited. */
  setPhoneOff(chat: Chat, off: boolean): void;
}

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly timers: Timers;
  readonly deliver: ReportStatus;
  /** Returns the platform's text of a code. */
  readonly reasonOf: (code: number) => string;
}

export function createStatuses(dependencies: Dependencies): Statuses {
  const { options, chats, faults, timers, deliver, reasonOf } = dependencies;
  const report: ReportStatus = (chat, reply, status, code) => {
    chats.progress(reply, status, code === undefined ? undefined : { code, reason: reasonOf(code) });
    if (!faults.draw(['drop_statuses'], { people: [chat.person.id] })) deliver(chat, reply, status, code);
  };

  function reachPhone(chat: Chat, reply: Bubble): void {
    // A reaction has no status but `sent` (Meta, "Reaction messages").
    if (chat.phoneOff || reply.progress !== 'sent' || reply.content.kind === 'reaction') return;
    report(chat, reply, 'delivered');
    if (options.readsImmediately) report(chat, reply, 'read');
  }

  return {
    follow(chat, reply, code) {
      const failure = code ?? faults.draw(['fails_later'], { people: [chat.person.id] })?.code;
      if (failure !== undefined) {
        timers.after(options.sentAfterMs, () => report(chat, reply, 'failed', failure));
        return;
      }
      timers.after(options.sentAfterMs, () => {
        report(chat, reply, 'sent');
        timers.after(options.deliveredAfterMs - options.sentAfterMs, () => reachPhone(chat, reply));
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
      for (const bubble of chat.bubbles) if (bubble.by === 'business') reachPhone(chat, bubble);
    },
  };
}
