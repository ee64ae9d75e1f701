import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { createSimulation, type Simulation, type WakeUp } from './crashes/simulation.ts';

/** `CRASH_RUNS=5000 npx vitest run crashes` for more runs; fast-check prints the seed of a counterexample. */
const RUNS = Number(process.env.CRASH_RUNS ?? 300);

const STORES = {
  memory: async (clock: SettableClock) => createMemoryStore({ clock, newId: randomUUID }),
  // In memory too, so that the runs do not wait for the disk: durability is proven elsewhere.
  sqlite: (clock: SettableClock) => openSqliteStore({ path: ':memory:', clock, newId: randomUUID }),
};

const person = fc.nat(1);
const wakeUp: fc.Arbitrary<WakeUp> = fc.record({
  person,
  crashAt: fc.nat(24),
  hasEffect: fc.boolean(),
  assistantIsDown: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  sends: fc.array(fc.constantFrom('sent', 'throttled', 'lost', 'cut', 'fails'), {
    maxLength: 3,
  }),
  suspendedWhile: fc.constantFrom('never', 'never', 'asking', 'sending'),
  interrupted: fc.boolean(),
});

/** What can apply, each with a name that makes a counterexample readable. */
const event = fc.oneof(
  fc.record({ what: fc.constant('sends a message' as const), person }),
  fc.record({ what: fc.constant('redelivered' as const), index: fc.nat(9) }),
  wakeUp.map((circumstances) => ({ what: 'wakes' as const, circumstances })),
  fc.tuple(wakeUp, wakeUp).map(([one, other]) => ({
    what: 'wakes concurrently' as const,
    one,
    other: { ...other, person: one.person },
  })),
  fc.record({ what: fc.constant('statuses' as const), count: fc.nat(4) }),
  fc.record({
    what: fc.constant('reported as failed' as const),
    index: fc.nat(9),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({ what: fc.constant('delivered' as const), index: fc.nat(9) }),
  fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(500, 1_000, 10_000, 30_000) }),
);
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

async function apply(event: Event, simulation: Simulation): Promise<unknown> {
  switch (event.what) {
    case 'sends a message':
      return simulation.sendMessage(event.person);
    case 'redelivered':
      return simulation.redeliver(event.index);
    case 'wakes':
      return simulation.wake(event.circumstances);
    case 'wakes concurrently':
      return Promise.all([simulation.wake(event.one), simulation.wake(event.other)]);
    case 'statuses':
      return simulation.reportStatuses(event.count);
    case 'reported as failed':
      return simulation.reportFailed(event.index, event.times);
    case 'delivered':
      return simulation.reportDelivered(event.index);
    case 'time':
      return simulation.advance(event.ms);
  }
}

type Sends = ReturnType<Simulation['histories']>[number]['sentParts'];

/** A worker is suspended in its first send for longer than its lease. Chance finds this in one of some thousand runs. */
const OVERTAKEN_WHILE_SENDING: readonly Event[] = [
  {
    what: 'wakes',
    circumstances: {
      ...{ person: 0, crashAt: 0, hasEffect: false, assistantIsDown: false, interrupted: false },
      ...{ sends: ['fails'], suspendedWhile: 'sending' },
    },
  },
];

/** The first send of each part. */
const firsts = (sentParts: Sends) =>
  sentParts.filter(({ key }, index) => sentParts.findIndex((send) => send.key === key) === index);

/** Sends of a part that had been sent before, and was not reported as failed since. */
const unneededRepeats = (sentParts: Sends) =>
  sentParts.filter(({ key }, index) => {
    const before = sentParts.slice(0, index).findLast((send) => send.key === key);
    return before !== undefined && !before.wasReportedFailed;
  });

/** Parts that were never sent successfully. */
const missing = (sentParts: Sends) =>
  firsts(sentParts).filter(({ key }) =>
    sentParts.every((send) => send.key !== key || send.lastStatus === 'failed'),
  );

const labelsIn = (texts: readonly { readonly text: string }[]) =>
  texts.flatMap(({ text }) => text.match(/\bm\d+\b/g) ?? []);
const events = fc.array(event, { maxLength: 14 });

describe.each(Object.entries(STORES))('for any sequence of events, the %s store', (_name, open) => {
  let clock: SettableClock;
  let store: ConversationStore;
  // One store for all runs: each has its own persons.
  beforeAll(async () => {
    clock = settableClock();
    store = await open(clock);
  });
  afterAll(() => store.close());

  async function simulate(events: readonly Event[], maxAttempts: number) {
    const simulation = createSimulation(store, clock, maxAttempts);
    await simulation.sendMessage(0);
    for (const event of events) await apply(event, simulation);
    await simulation.settle();
    const histories = simulation.histories();
    const deadLetters = (await store.deadLetters(100)).filter(({ conversation }) =>
      histories.some((history) => history.conversation === conversation),
    );
    expect(simulation.outOfOrder()).toEqual([]);
    for (const { sentParts } of histories) expect(unneededRepeats(sentParts)).toEqual([]);
    return { histories, deadLetters, asked: simulation.asked() };
  }

  it('asks and answers each message exactly once, in order', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(events, async (events) => {
        const { histories, deadLetters, asked } = await simulate(events, 1_000);
        expect(deadLetters).toEqual([]);
        expect(asked).toEqual([...new Set(asked)]);
        for (const { messages, sentParts } of histories) {
          expect(labelsIn(firsts(sentParts))).toEqual(messages);
          expect(missing(sentParts)).toEqual([]);
        }
      }),
      { numRuns: RUNS, examples: [[[...OVERTAKEN_WHILE_SENDING]]] },
    );
  });

  it('stores a dead letter for a turn that fails too often, with at most one apology', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(events, async (events) => {
        const { histories, deadLetters } = await simulate(events, 2);
        const sent = histories.flatMap((history) => history.messages);
        const tried = histories.flatMap(({ sentParts }) => labelsIn(firsts(sentParts)));
        expect(tried).toEqual([...new Set(tried)]);
        const failed = histories.flatMap(({ sentParts }) => labelsIn(missing(sentParts)));
        const unanswered = sent.filter((label) => !tried.includes(label) || failed.includes(label));
        // The number of messages of a reopened turn is unknown.
        const givenUp = deadLetters.reduce((sum, { messages }) => sum + (messages || sent.length), 0);
        expect(givenUp).toBeGreaterThanOrEqual(unanswered.length);
        const apologies = histories
          .flatMap(({ sentParts }) => firsts(sentParts))
          .filter(({ text }) => /sorry/i.test(text));
        expect(apologies.length).toBeLessThanOrEqual(deadLetters.length);
      }),
      { numRuns: RUNS, examples: [[[...OVERTAKEN_WHILE_SENDING]]] },
    );
  });
});
