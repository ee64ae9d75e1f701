import { setTimeout as sleep } from 'node:timers/promises';
import type { Chats } from '../chats.ts';
import type { Faults } from '../faults.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import { deliveryJson, type Update } from './payload.ts';
import type { Sender } from './sender.ts';

export interface Outbox {
  put(update: Update): void;
  /** Resolves when every update has been delivered with a 200. */
  idle(): Promise<void>;
}

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly sender: Sender;
  readonly timers: Timers;
}

/** Collects updates for a moment, then delivers them together or one by one. */
export function createOutbox({ options, chats, faults, sender, timers }: Dependencies): Outbox {
  let waiting: Update[] = [];
  /** By person: the first attempt of the last delivery with a message of this person. */
  const firstAttempts = new Map<string, Promise<void>>();
  const dispatching = new Set<Promise<void>>();

  function flush(): void {
    const updates = waiting;
    waiting = [];
    const batchSize = options.random() < options.batch.chance ? options.batch.max : 1;
    for (let from = 0; from < updates.length; from += batchSize) {
      const dispatched = dispatch(updates.slice(from, from + batchSize));
      dispatching.add(dispatched);
      void dispatched.then(() => dispatching.delete(dispatched));
    }
  }

  async function dispatch(updates: readonly Update[]): Promise<void> {
    const people = [...new Set(updates.map(({ person }) => person))];
    const payload = deliveryJson(options, updates, options.random);
    const copies = faults.draw(['duplicate'], { people })?.times ?? 1;
    await Promise.all(Array.from({ length: copies }, () => dispatchCopy(payload, updates, people)));
  }

  async function dispatchCopy(
    payload: unknown,
    updates: readonly Update[],
    people: readonly string[],
  ): Promise<void> {
    const shuffle = faults.draw(['shuffle'], { people });
    if (shuffle) await sleep(options.random() * shuffle.withinMs);
    const post = () => sender.post(payload, () => showDelivered(updates));
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
      if (waiting.length === 1) timers.after(options.batch.waitMs, flush);
    },
    async idle() {
      while (waiting.length > 0 || dispatching.size > 0) {
        if (waiting.length > 0) await sleep(options.batch.waitMs);
        await Promise.all(dispatching);
      }
      await sender.idle();
    },
  };
}
