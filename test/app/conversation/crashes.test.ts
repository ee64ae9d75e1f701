import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
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
  sends: fc.array(fc.constantFrom('taken', 'throttled', 'lost', 'cut', 'fails'), { maxLength: 3 }),
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
  fc.record({ what: fc.constant('fails' as const), index: fc.nat(9), times: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ what: fc.constant('arrives' as const), index: fc.nat(9) }),
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
    case 'fails':
      return town.failOne(event.index, event.times);
    case 'arrives':
      return town.deliverOne(event.index);
    case 'time':
      return town.pass(event.ms);
  }
}

type Sends = ReturnType<Town['histories']>[number]['taken'];

/** The first send of each part. */
const firsts = (taken: Sends) =>
  taken.filter(({ key }, index) => taken.findIndex((send) => send.key === key) === index);

/** Sends of a part that had been sent before, and was not reported as failed since. */
const needless = (taken: Sends) =>
  taken.filter(({ key }, index) => {
    const before = taken.slice(0, index).findLast((send) => send.key === key);
    return before !== undefined && !before.saidFailed;
  });

/** Parts of which no send went well. */
const missing = (taken: Sends) =>
  firsts(taken).filter(({ key }) => taken.every((send) => send.key !== key || send.fate === 'failed'));

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

  async function live(events: readonly Event[], maxAttempts: number) {
    const town = createTown(store, clock, maxAttempts);
    await town.say(0);
    for (const event of events) await happen(event, town);
    await town.settle();
    const histories = town.histories();
    const letters = (await store.deadLetters(100)).filter(({ conversation }) =>
      histories.some((history) => history.conversation === conversation),
    );
    expect(town.overtaken()).toEqual([]);
    for (const { taken } of histories) expect(needless(taken)).toEqual([]);
    return { histories, letters, asked: town.asked() };
  }

  it('everything is asked and answered exactly once, in order', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const { histories, letters, asked } = await live(events, 1_000);
        expect(letters).toEqual([]);
        expect(asked).toEqual([...new Set(asked)]);
        for (const { said, taken } of histories) {
          expect(marksIn(firsts(taken))).toEqual(said);
          expect(missing(taken)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('a turn that fails too often becomes a dead letter with one apology', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const { histories, letters } = await live(events, 2);
        const said = histories.flatMap((history) => history.said);
        const tried = histories.flatMap(({ taken }) => marksIn(firsts(taken)));
        expect(tried).toEqual([...new Set(tried)]);
        const failed = histories.flatMap(({ taken }) => marksIn(missing(taken)));
        const unanswered = said.filter((mark) => !tried.includes(mark) || failed.includes(mark));
        // Of a turn that was reopened nobody knows how many messages it had.
        const buried = letters.reduce((sum, { messages }) => sum + (messages || said.length), 0);
        expect(buried).toBeGreaterThanOrEqual(unanswered.length);
        const apologies = histories
          .flatMap(({ taken }) => firsts(taken))
          .filter(({ text }) => /sorry/i.test(text));
        expect(apologies.length).toBeLessThanOrEqual(letters.length);
      }),
      { numRuns: RUNS },
    );
  });
});
