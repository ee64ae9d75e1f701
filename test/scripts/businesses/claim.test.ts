import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, takeNumbers } from '#scripts/businesses/claim.ts';
import { CommandError } from '#scripts/errors.ts';

const NUMBER = '100000000000001';

/** The active businesses of a database, whose calls take effect in the order that `step` decides. */
function database(step: () => Promise<unknown>) {
  const active = new Map<string, Claim>();
  let now = 0;
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      await step();
      now += ms;
    },
  };
  const run = (claim: Claim) =>
    takeNumbers(
      {
        claim,
        async rivals() {
          await step();
          return [...active.values()].filter(({ id }) => id !== claim.id);
        },
        async take() {
          await step();
          active.set(claim.id, claim);
        },
        async undo() {
          await step();
          active.delete(claim.id);
        },
      },
      clock,
    );
  return { active, run };
}

describe('a number', () => {
  it('has one owner after several runs at once, in whatever order their calls take effect', async () => {
    const ids = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 24, maxLength: 24 }),
      { minLength: 2, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(ids, fc.scheduler(), async (runs, scheduler) => {
        const { active, run } = database(() => scheduler.schedule(Promise.resolve()));
        const settled = Promise.allSettled(runs.map((id) => run({ id, numbers: [NUMBER] })));
        await scheduler.waitFor(settled);
        const taken = (await settled).filter(({ status }) => status === 'fulfilled');
        expect(active.size).toBeLessThanOrEqual(1);
        expect(taken).toHaveLength(active.size);
      }),
      { numRuns: 500 },
    );
  });

  it('is kept by its owner', async () => {
    const { active, run } = database(async () => undefined);
    await run({ id: 'b', numbers: [NUMBER, '7'] });
    for (const id of ['a', 'c']) {
      const error = await run({ id, numbers: [NUMBER] }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(CommandError);
      expect(String(error)).toContain(`The active business b has the number ${NUMBER} already`);
    }
    expect([...active.keys()]).toEqual(['b']);
  });

  it('of the environment goes on in one business', async () => {
    const { run } = database(async () => undefined);
    await run({ id: 'a', numbers: ['1'], continuesNumber: '1' });
    await expect(run({ id: 'b', numbers: ['2'], continuesNumber: '2' })).rejects.toThrow(
      'The business a already continues the number 1 of the environment, and only one can.',
    );
  });

  it('is given back when nobody can look again', async () => {
    const { active } = database(async () => undefined);
    const claim = { id: 'a', numbers: [NUMBER] };
    let looks = 0;
    const taking = takeNumbers({
      claim,
      async rivals() {
        looks += 1;
        if (looks > 1) throw new Error('MongoDB is away');
        return [];
      },
      take: async () => active.set(claim.id, claim),
      undo: async () => active.delete(claim.id),
    });
    await expect(taking).rejects.toThrow('MongoDB is away');
    expect(active.size).toBe(0);
  });
});
