import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Queue } from '#app/ports/queue.ts';
import { createInlineQueue } from '#app/queues/inline.ts';
import { realClock } from '../../fakes/real-clock.ts';

interface Run {
  readonly conversation: string;
  readonly stop: AbortSignal;
  /** Ends the run, which requests another one at this time, or none. */
  end(again?: number): void;
}

let queue: Queue;
let end: () => void;
afterEach(async () => {
  end();
  await queue.close();
});

/** A queue whose runs last until the test ends them. */
function start(rules: Partial<Parameters<typeof createInlineQueue>[0]> = {}) {
  const running: Run[] = [];
  const started: Run[] = [];
  const waiting: (() => void)[] = [];
  let isEnding = false;
  queue = createInlineQueue({
    work: (conversation, stop) =>
      new Promise((resolve) => {
        if (isEnding) return resolve(undefined);
        const run: Run = {
          conversation,
          stop,
          end(again) {
            running.splice(running.indexOf(run), 1);
            resolve(again);
          },
        };
        running.push(run);
        started.push(run);
        for (const wake of waiting.splice(0)) wake();
      }),
    ...{ clock: realClock, concurrency: 10, graceMs: 10_000, ...rules },
  });
  end = () => {
    isEnding = true;
    for (const run of [...running]) run.end();
  };
  return {
    running: () => running.map(({ conversation }) => conversation),
    /** Resolves to the run of that number once it has started. */
    async run(number: number): Promise<Run> {
      for (;;) {
        const run = started[number - 1];
        if (run !== undefined) return run;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    count: () => started.length,
  };
}

/** Resolves when a later wake-up of another conversation has started, and therefore every earlier one too. */
async function afterOthers(runs: ReturnType<typeof start>): Promise<void> {
  const before = runs.count();
  await queue.wake('another', 0);
  const run = await runs.run(before + 1);
  expect(run.conversation).toBe('another');
  run.end();
}

describe('the inline queue', () => {
  it('runs a conversation once at a time, and again for a wake-up that arrived meanwhile', async () => {
    const runs = start();
    await queue.wake('a', 0);
    const first = await runs.run(1);
    await queue.wake('a', 0);
    await afterOthers(runs);
    expect(runs.running()).toEqual(['a']);
    first.end();
    expect((await runs.run(3)).conversation).toBe('a');
  });

  it('runs several conversations concurrently, up to its limit', async () => {
    const runs = start({ concurrency: 2 });
    for (const conversation of ['a', 'b', 'c']) await queue.wake(conversation, 0);
    const first = await runs.run(1);
    await runs.run(2);
    await sleep(20);
    expect(runs.running()).toEqual(['a', 'b']);
    first.end();
    expect((await runs.run(3)).conversation).toBe('c');
  });

  it('tells how long after its time a wake-up begins', async () => {
    const late: number[] = [];
    const runs = start({ concurrency: 1, started: (ms) => late.push(ms) });
    await queue.wake('a', 0);
    const first = await runs.run(1);
    await queue.wake('b', 0);
    await sleep(60);
    first.end();
    await runs.run(2);
    expect(late).toHaveLength(2);
    expect(late[0]).toBeLessThan(late[1] ?? 0);
    expect(late[1]).toBeGreaterThanOrEqual(50);
    expect(late[1]).toBeLessThan(10_000);
  });

  it('merges several wake-ups into one at the earliest time', async () => {
    const runs = start();
    await queue.wake('a', 60_000);
    await queue.wake('a', 5);
    await queue.wake('a', 30_000);
    await runs.run(1);
    await afterOthers(runs);
    expect(runs.running()).toEqual(['a']);
  });

  it('runs again when the work requests it', async () => {
    const runs = start();
    await queue.wake('a', 0);
    (await runs.run(1)).end(realClock.now() + 5);
    (await runs.run(2)).end();
    await afterOthers(runs);
    expect(runs.count()).toBe(3);
  });

  it('works for another business at once, however many conversations one has', async () => {
    const runs = start({ maxOf: () => 2, reserved: 2 });
    for (let one = 0; one < 1_000; one += 1) await queue.wake(`flood~${one}`, 0);
    await runs.run(2);
    await sleep(20);
    expect(runs.running()).toEqual(['flood~0', 'flood~1']);
    await queue.wake('quiet~a', 0);
    const third = await runs.run(3);
    expect(third.conversation).toBe('quiet~a');
    third.end();
    (await runs.run(1)).end();
    expect((await runs.run(4)).conversation).toBe('flood~2');
  });

  it('gives its slots to one business after the other', async () => {
    const runs = start({ concurrency: 1, maxOf: () => 5 });
    for (const conversation of ['a~1', 'a~2', 'a~3', 'b~1', 'b~2', 'c~1']) await queue.wake(conversation, 0);
    const order: string[] = [];
    for (let number = 1; number <= 6; number += 1) {
      const run = await runs.run(number);
      order.push(run.conversation);
      await sleep(5);
      run.end();
    }
    expect(order).toEqual(['a~1', 'a~2', 'b~1', 'c~1', 'a~3', 'b~2']);
  });

  it('waits for running work when it closes, and starts nothing more', async () => {
    const runs = start({ concurrency: 1 });
    await queue.wake('a', 0);
    await queue.wake('b', 0);
    const run = await runs.run(1);
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await queue.wake('c', 0);
    await sleep(20);
    expect(closed).toBe(false);
    expect(run.stop.aborted).toBe(false);
    run.end(0);
    await closing;
    await sleep(20);
    expect(runs.count()).toBe(1);
  });

  it('stops work that still runs after the grace period', async () => {
    const runs = start({ graceMs: 10 });
    await queue.wake('a', 0);
    const run = await runs.run(1);
    run.stop.addEventListener('abort', () => run.end());
    await queue.close();
    expect(run.stop.aborted).toBe(true);
  });
});
