import { PassThrough, type Readable } from 'node:stream';
import type { Chat, Chats } from '../chats.ts';
import type { Fault } from '../faults.ts';
import type { ChannelName } from '../options.ts';
import type { Entry } from '../timeline/entries.ts';
import type { AppState } from '../webhook/sender.ts';

/** How far the clock is ahead, and whether it can be moved. */
export interface ClockState {
  readonly offsetMs: number;
  readonly canSkip: boolean;
}

export interface Live {
  /** Returns a stream of server-sent events (WHATWG HTML): first the whole state, then each change. */
  open(): Readable;
  notifyApp(state: AppState): void;
  notifyFaults(active: readonly Fault[]): void;
  /** Why the app does not run, in lines; empty when it does. */
  notifyTrouble(text: string): void;
  /** `person`: null for a note, which belongs to every chat. */
  notifyEntry(person: string | null, entry: Entry): void;
  notifyClock(state: ClockState): void;
  close(): void;
}

/** A client with more unread data is disconnected. The browser reconnects by itself. */
const MAX_UNREAD_BYTES = 4_000_000;

/** `dev`: whether `npm run dev` runs the app. */
export function createLive(chats: Chats, channel: ChannelName, dev: boolean, initial: ClockState): Live {
  const listeners = new Set<PassThrough>();
  let app: AppState = 'unasked';
  let faults: readonly Fault[] = [];
  let trouble = '';
  let clock = initial;

  function broadcast(event: string, data: unknown): void {
    const text = frame(event, data);
    for (const listener of listeners) {
      listener.write(text);
      if (listener.writableLength > MAX_UNREAD_BYTES) listener.destroy();
    }
  }

  chats.events.on('chat', (chat) => broadcast('chat', chatSummary(chat)));
  chats.events.on('moved', (chat, from) => broadcast('moved', { from, chat: chatSummary(chat) }));
  chats.events.on('bubble', (bubble) => broadcast('bubble', bubble));

  return {
    open() {
      const listener = new PassThrough();
      listeners.add(listener);
      listener.on('close', () => listeners.delete(listener));
      listener.write(
        frame('start', { channel, app, faults, trouble, clock, dev, chats: chats.all().map(chatSummary) }),
      );
      return listener;
    },
    notifyApp(state) {
      app = state;
      broadcast('app', state);
    },
    notifyFaults(active) {
      faults = active;
      broadcast('faults', active);
    },
    notifyTrouble(text) {
      trouble = text;
      broadcast('trouble', text);
    },
    notifyEntry: (person, entry) => broadcast('entry', { person, entry }),
    notifyClock(state) {
      clock = state;
      broadcast('clock', state);
    },
    close() {
      for (const listener of listeners) listener.end();
    },
  };
}

/** Returns what a list of chats shows. */
export function chatSummary({ person, phoneOff, typingUntil, bubbles }: Chat) {
  return { ...person, phoneOff, typing: typingUntil !== undefined, last: bubbles.at(-1) ?? null };
}

function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
