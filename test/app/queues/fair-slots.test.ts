import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairSlots } from '#app/queues/fair-slots.ts';

const GROUPS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What is known of a group without looking into the slots. */
interface Known {
  readonly waiting: number[];
  running: number;
  /** The groups that got a slot since this one had to wait. */
  passedBy: string[];
}

/** Slots, beside a record of all jobs that checks every start. */
function observed(rules: { slots: number; reserved: number; max: number }) {
  const slots = new FairSlots<number>({ ...rules, maxOf: () => rules.max });
  const groups = new Map(GROUPS.map((name): [string, Known] => [name, known()]));
  const owners = new Map<number, string>();
  let jobs = 0;
  const running = () => [...groups.values()].reduce((sum, group) => sum + group.running, 0);
  const of = (name: string): Known => groups.get(name) ?? known();

  function mayStart({ waiting, running: own }: Known): boolean {
    const free = rules.slots - running();
    return waiting.length > 0 && own < rules.max && (free > rules.reserved || (own === 0 && free > 0));
  }

  return {
    of,
    running,
    slots,
    add(name: string) {
      jobs += 1;
      owners.set(jobs, name);
      of(name).waiting.push(jobs);
      slots.add(name, jobs);
    },
    end(name: string) {
      if (of(name).running === 0) return;
      of(name).running -= 1;
      slots.end(name);
    },
    /** Starts what may start now. */
    startAll() {
      for (;;) {
        const eligible = GROUPS.filter((name) => mayStart(of(name)));
        const job = slots.start();
        if (job === undefined) {
          expect(eligible).toEqual([]);
          return;
        }
        const name = owners.get(job) ?? '';
        expect(eligible).toContain(name);
        const group = of(name);
        expect(job).toBe(group.waiting.shift());
        group.running += 1;
        group.passedBy = [];
        for (const other of GROUPS) {
          const { waiting, running: own, passedBy } = of(other);
          const waits = waiting.length > 0 && (own === 0 || (rules.reserved === 0 && own < rules.max));
          if (other === name || !waits) of(other).passedBy = [];
          else passedBy.push(name);
          // With six groups, nobody waits for more than five starts: none of the others comes twice.
          expect(new Set(of(other).passedBy).size).toBe(of(other).passedBy.length);
        }
      }
    },
  };
}

function known(): Known {
  return { waiting: [], running: 0, passedBy: [] };
}

const step = fc.record({ what: fc.constantFrom('add', 'end'), name: fc.constantFrom(...GROUPS) });
const rules = fc
  .record({ slots: fc.integer({ min: 1, max: 12 }), max: fc.integer({ min: 1, max: 12 }) })
  .chain(({ slots, max }) =>
    fc.integer({ min: 0, max: slots - 1 }).map((reserved) => ({ slots, max, reserved })),
  );

describe('slots', () => {
  it('go round the groups in any pattern of arrivals: none comes twice while another waits, and shares are kept', () => {
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 200 }), (given, steps) => {
        const stage = observed(given);
        for (const { what, name } of steps) {
          if (what === 'add') stage.add(name);
          else stage.end(name);
          stage.startAll();
          for (const group of GROUPS) expect(stage.of(group).running).toBeLessThanOrEqual(given.max);
          expect(stage.running()).toBeLessThanOrEqual(given.slots);
          expect(stage.slots.running).toBe(stage.running());
        }
        // Nothing is lost: when every job ends, every other one gets its turn.
        while (stage.running() > 0) {
          for (const name of GROUPS) stage.end(name);
          stage.startAll();
        }
        expect(GROUPS.flatMap((name) => stage.of(name).waiting)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are left for others by a group with ten thousand jobs', () => {
    const slots = new FairSlots<string>({ slots: 10, reserved: 0, maxOf: () => 4 });
    for (let job = 0; job < 10_000; job += 1) slots.add('flood', `flood-${job}`);
    const started = Array.from({ length: 10 }, () => slots.start());
    expect(started.filter((job) => job !== undefined)).toHaveLength(4);
    slots.add('quiet', 'hello');
    expect(slots.start()).toBe('hello');
  });

  it('that are reserved are left when groups that never end have taken the others', () => {
    const slots = new FairSlots<string>({ slots: 10, reserved: 4, maxOf: () => 3 });
    for (const name of GROUPS) for (let job = 0; job < 5; job += 1) slots.add(name, `${name}${job}`);
    const started = Array.from({ length: 10 }, () => slots.start());
    expect(started).toEqual(['a0', 'b0', 'c0', 'd0', 'e0', 'f0', undefined, undefined, undefined, undefined]);
    for (const name of ['g', 'h', 'i', 'j']) slots.add(name, name);
    expect(Array.from({ length: 5 }, () => slots.start())).toEqual(['g', 'h', 'i', 'j', undefined]);
  });

  it('follow a maximum that changes', () => {
    let max = 1;
    const slots = new FairSlots<string>({ slots: 10, reserved: 0, maxOf: () => max });
    for (const job of ['1', '2', '3']) slots.add('a', job);
    expect([slots.start(), slots.start()]).toEqual(['1', undefined]);
    max = 2;
    slots.end('a');
    expect([slots.start(), slots.start(), slots.start()]).toEqual(['2', '3', undefined]);
  });

  it('take a job once, however often it is added', () => {
    const slots = new FairSlots<string>({ slots: 10, reserved: 0, maxOf: () => 10 });
    slots.add('a', 'job');
    slots.add('a', 'job');
    expect([slots.start(), slots.start()]).toEqual(['job', undefined]);
  });
});
