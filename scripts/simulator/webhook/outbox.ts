import { setTimeout as sleep } from 'node:timers/promises';
import type { Chats } from '../chats.ts';
import type { Faults } from '../faults.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import type { Sender, WebhookRequest } from './sender.ts';

/** One message or status of a delivery. */
export interface Update {
  readonly kind: 'messages' | 'statuses';
  /** `Person.id`. */
  readonly person: string;
  /** The id of the message, also for a status. */
  readonly id: string;
}

export interface Outbox<U extends Update> {
  put(update: U): void;
  /** Resolves when the app has accepted every update. */
  idle(): Promise<void>;
}

interface Dependencies<U extends Update> {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly sender: Sender;
  readonly timers: Timers;
  /** Returns one request for all of the updates. */
  readonly requestOf: (updates: readonly U[]) => WebhookRequest;
  /** Updates are collected for `waitMs`. With probability `chance` they share deliveries of at most `max` updates. */
  readonly batch: SimulatorOptions['batch'];
}

/** Collects updates for a moment, then delivers them together or one by one. */
export function createOutbox<U extends Update>({
  options,
  chats,
  faults,
  sender,
  timers,
  requestOf,
  batch,
}: Dependencies<U>): Outbox<U> {
  let waiting: U[] = [];
  /** By person: the first attempt of the last delivery with a message of this person. */
  const firstAttempts = new Map<string, Promise<void>>();
  const dispatching = new Set<Promise<void>>();

  function flush(): void {
    const updates = waiting;
    waiting = [];
    const batchSize = options.random() < batch.chance ? batch.max : 1;
    for (let from = 0; from < updates.length; from += batchSize) {
      const dispatched = dispatch(updates.slice(from, from + batchSize));
      dispatching.add(dispatched);
      void dispatched.then(() => dispatching.delete(dispatched));
    }
  }

  async function dispatch(updates: readonly U[]): Promise<void> {
    const people = [...new Set(updates.map(({ person }) => person))];
    const request = requestOf(updates);
    const copies = faults.draw(['duplicate'], { people })?.times ?? 1;
    await Promise.all(Array.from({ length: copies }, () => dispatchCopy(request, updates, people)));
  }

  async function dispatchCopy(
    request: WebhookRequest,
    updates: readonly Update[],
    people: readonly string[],
  ): Promise<void> {
    const shuffle = faults.draw(['shuffle'], { people });
    if (shuffle) await sleep(options.random() * shuffle.withinMs);
    const post = () => sender.post({ ...request, people }, () => showDelivered(updates));
    await (shuffle ? post() : inOrder(updates, post));
  }

  /** Posts after the first attempts of earlier messages of the same people. */
  async function inOrder(updates: readonly Update[], post: () => Promise<void>): Promise<void> {
    const writers = updates.filter(({ kind }) => kind === 'messages').map(({ person }) => person);
    const earlier = writers.map((person) => firstAttempts.get(person));
    const posted = Promise.all(earlier).then(post);
    for (const writer of writers) firstAttempts.set(writer, posted);
    await posted;
    for (const writer of writers) if (firstAttempts.get(writer) === posted) firstAttempts.delete(writer);
  }

  function showDelivered(updates: readonly Update[]): void {
    for (const { kind, id } of updates) {
      const bubble = kind === 'messages' ? chats.bubble(id) : undefined;
      if (bubble?.progress === 'sent') chats.progress(bubble, 'delivered');
    }
  }

  return {
    put(update) {
      waiting.push(update);
      if (waiting.length === 1) timers.after(batch.waitMs, flush);
    },
    async idle() {
      while (waiting.length > 0 || dispatching.size > 0) {
        if (waiting.length > 0) await sleep(batch.waitMs);
        await Promise.all(dispatching);
      }
      await sender.idle();
    },
  };
}
