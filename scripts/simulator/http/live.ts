import { PassThrough, type Readable } from 'node:stream';
import type { Chat, Chats } from '../chats.ts';
import type { Fault } from '../faults.ts';
import type { AppState } from '../webhook/courier.ts';

export interface Live {
  /** Server-sent events (WHATWG HTML, "Server-sent events"): first how things are, then each change. */
  open(): Readable;
  tellApp(state: AppState): void;
  tellFaults(active: readonly Fault[]): void;
  close(): void;
}

/** Somebody who does not read this much is cut off; the browser comes back by itself. */
const MOST_UNREAD_BYTES = 4_000_000;

export function createLive(chats: Chats): Live {
  const listeners = new Set<PassThrough>();
  let app: AppState = 'unasked';
  let faults: readonly Fault[] = [];

  function tell(event: string, data: unknown): void {
    const text = frame(event, data);
    for (const listener of listeners) {
      listener.write(text);
      if (listener.writableLength > MOST_UNREAD_BYTES) listener.destroy();
    }
  }

  chats.news.on('chat', (chat) => tell('chat', chatSummary(chat)));
  chats.news.on('moved', (chat, from) => tell('moved', { from, chat: chatSummary(chat) }));
  chats.news.on('bubble', (bubble) => tell('bubble', bubble));

  return {
    open() {
      const listener = new PassThrough();
      listeners.add(listener);
      listener.on('close', () => listeners.delete(listener));
      listener.write(frame('start', { app, faults, chats: chats.all().map(chatSummary) }));
      return listener;
    },
    tellApp(state) {
      app = state;
      tell('app', state);
    },
    tellFaults(active) {
      faults = active;
      tell('faults', active);
    },
    close() {
      for (const listener of listeners) listener.end();
    },
  };
}

/** A chat as a list shows it. */
export function chatSummary({ person, phoneOff, typingUntil, bubbles }: Chat) {
  return { ...person, phoneOff, typing: typingUntil !== undefined, last: bubbles.at(-1) ?? null };
}

function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
