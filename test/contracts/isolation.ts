import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import { people } from './isolation/people.ts';
import { quotes } from './isolation/quotes.ts';
import { statuses } from './isolation/statuses.ts';
import { stories } from './isolation/stories.ts';
import { takeOvers } from './isolation/take-overs.ts';
import { createWorld, type World } from './isolation/world.ts';

interface StoreUnderTest {
  readonly name: string;
  readonly open: (clock: SettableClock) => Promise<ConversationStore>;
  /** Random stories. */
  readonly stories: number;
}

export interface Scene {
  readonly world: World;
  readonly clock: SettableClock;
  readonly store: ConversationStore;
}

/**
 * Nothing of one business is read, changed or sent by another one, with the real acceptance and the real work over a real
 * store. Each test has businesses, numbers and people of its own in one store.
 */
export function isolationContract({ name, open, stories: runs }: StoreUnderTest): void {
  let clock: SettableClock;
  let store: ConversationStore;
  let world: World;
  beforeAll(async () => {
    clock = settableClock();
    store = await open(clock);
  });
  afterAll(() => store.close());
  beforeEach(() => {
    world = createWorld(store, clock);
  });
  const scene = (): Scene => ({ world, clock, store });

  describe(`businesses in one ${name} store`, () => {
    people(scene);
    takeOvers(scene);
    statuses(scene);
    quotes(scene);
    stories(scene, runs);
  });
}
