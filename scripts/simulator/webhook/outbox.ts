import { setTimeout as sleep } from 'node:timers/promises';
import type { Chats } from '../chats.ts';
import type { Faults } from '../faults.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Timers } from '../timers.ts';
import type { Courier } from './courier.ts';
import { deliveryJson, type Update } from './payload.ts';

export interface Outbox {
  put(update: Update): void;
  /** Resolves when everything that was put here has been answered with 200. */
  idle(): Promise<void>;
}

interface Means {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly courier: Courier;
  readonly timers: Timers;
}

/** Collects updates for a moment, then sends them out, together or each alone. */
export function createOutbox({ options, chats, faults, courier, timers }: Means): Outbox {
  let waiting: Update[] = [];
  /** The last first attempt of a delivery with a message of this person. */
  const underWay = new Map<string, Promise<void>>();
  const leaving = new Set<Promise<void>>();

  function flush(): void {
    const updates = waiting;
    waiting = [];
    const together = options.random() < options.batch.chance ? options.batch.most : 1;
    for (let from = 0; from < updates.length; from += together) {
      const left = leave(updates.slice(from, from + together));
      leaving.add(left);
      void left.then(() => leaving.delete(left));
    }
  }

  async function leave(updates: readonly Update[]): Promise<void> {
    const people = [...new Set(updates.map(({ person }) => person))];
    const payload = deliveryJson(options, updates, options.random);
    const copies = faults.draw(['duplicate'], { people })?.times ?? 1;
    await Promise.all(Array.from({ length: copies }, () => leaveOnce(payload, updates, people)));
  }

  async function leaveOnce(
    payload: unknown,
    updates: readonly Update[],
    people: readonly string[],
  ): Promise<void> {
    const shuffle = faults.draw(['shuffle'], { people });
    if (shuffle) await sleep(options.random() * shuffle.withinMs);
    const post = () => courier.post(payload, () => showDelivered(updates));
    await (shuffle ? post() : inTurn(updates, post));
  }

  /** Nobody's message is posted while an earlier one of theirs is on its way for the first time. */
  async function inTurn(updates: readonly Update[], post: () => Promise<void>): Promise<void> {
    const writers = updates.filter(({ kind }) => kind === 'messages').map(({ person }) => person);
    const before = writers.map((person) => underWay.get(person));
    const posted = Promise.all(before).then(post);
    for (const writer of writers) underWay.set(writer, posted);
    await posted;
    for (const writer of writers) if (underWay.get(writer) === posted) underWay.delete(writer);
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
      while (waiting.length > 0 || leaving.size > 0) {
        if (waiting.length > 0) await sleep(options.batch.waitMs);
        await Promise.all(leaving);
      }
      await courier.idle();
    },
  };
}
