import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationStore } from '../../../app/ports.ts';
import { createMemoryStore } from '../../../app/stores/memory/store.ts';
import { openSqliteStore } from '../../../app/stores/sqlite/store.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { createTown, type Look, type Town } from './crashes/town.ts';

/** `CRASH_RUNS=5000 npx vitest run crashes` for a longer look; fast-check prints the seed of what it finds. */
const RUNS = Number(process.env.CRASH_RUNS ?? 300);

const STORES = {
  memory: async (clock: SettableClock) => createMemoryStore({ clock, newId: randomUUID }),
  // In memory too, so that the runs do not wait for the disk: durability is proven elsewhere.
  sqlite: (clock: SettableClock) => openSqliteStore({ path: ':memory:', clock, newId: randomUUID }),
};

const person = fc.nat(1);
const look: fc.Arbitrary<Look> = fc.record({
  person,
  diesAt: fc.nat(24),
  seesEffect: fc.boolean(),
  assistantIsDown: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  sends: fc.array(fc.constantFrom('taken', 'throttled', 'lost', 'cut'), { maxLength: 3 }),
  sleeps: fc.constantFrom('never', 'never', 'asking', 'sending'),
  interrupted: fc.boolean(),
});

/** What can happen, each named so that a counterexample reads as a story. */
const event = fc.oneof(
  fc.record({ what: fc.constant('says' as const), person }),
  fc.record({ what: fc.constant('redelivered' as const), index: fc.nat(9) }),
  look.map((circumstances) => ({ what: 'looks' as const, circumstances })),
  fc.tuple(look, look).map(([one, other]) => ({
    what: 'look together' as const,
    one,
    other: { ...other, person: one.person },
  })),
  fc.record({ what: fc.constant('statuses' as const), count: fc.nat(4) }),
  fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(500, 1_000, 10_000, 30_000) }),
);
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

async function happen(event: Event, town: Town): Promise<unknown> {
  switch (event.what) {
    case 'says':
      return town.say(event.person);
    case 'redelivered':
      return town.redeliver(event.index);
    case 'looks':
      return town.look(event.circumstances);
    case 'look together':
      return Promise.all([town.look(event.one), town.look(event.other)]);
    case 'statuses':
      return town.tellStatuses(event.count);
    case 'time':
      return town.pass(event.ms);
  }
}

const marksIn = (texts: readonly { readonly text: string }[]) =>
  texts.flatMap(({ text }) => text.match(/\bm\d+\b/g) ?? []);
const story = fc.array(event, { maxLength: 14 });

describe.each(Object.entries(STORES))('whatever happens, with the %s store,', (_name, open) => {
  let clock: SettableClock;
  let store: ConversationStore;
  // One store for all stories: each has people of its own.
  beforeAll(async () => {
    clock = settableClock();
    store = await open(clock);
  });
  afterAll(() => store.close());

  async function live(events: readonly Event[], mostAttempts: number) {
    const town = createTown(store, clock, mostAttempts);
    await town.say(0);
    for (const event of events) await happen(event, town);
    await town.settle();
    const histories = town.histories();
    const letters = (await store.deadLetters(100)).filter(({ conversation }) =>
      histories.some((history) => history.conversation === conversation),
    );
    return { histories, letters, asked: town.asked() };
  }

  it('everything is asked and answered exactly once, in order', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const { histories, letters, asked } = await live(events, 1_000);
        expect(letters).toEqual([]);
        expect(asked).toEqual([...new Set(asked)]);
        for (const { said, taken } of histories) {
          expect(marksIn(taken)).toEqual(said);
          const keys = taken.map(({ key }) => key);
          expect(keys).toEqual([...new Set(keys)]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('a turn that fails too often becomes a dead letter with one apology', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const { histories, letters } = await live(events, 2);
        const answered = histories.flatMap(({ taken }) => marksIn(taken));
        expect(answered).toEqual([...new Set(answered)]);
        const unanswered = histories.flatMap(({ said }) => said).filter((mark) => !answered.includes(mark));
        const buried = letters.reduce((sum, { messages }) => sum + messages, 0);
        expect(buried).toBeGreaterThanOrEqual(unanswered.length);
        const apologies = histories.flatMap(({ taken }) => taken).filter(({ text }) => /sorry/i.test(text));
        expect(apologies.length).toBeLessThanOrEqual(letters.length);
      }),
      { numRuns: RUNS },
    );
  });
});
