import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Queue } from '#app/ports/queue.ts';
import { createInlineQueue } from '#app/queues/inline.ts';
import { realClock } from '../../fakes/real-clock.ts';

interface Look {
  readonly conversation: string;
  readonly stop: AbortSignal;
  /** Ends the look, which then asks for another one at this time, or for none. */
  end(again?: number): void;
}

let queue: Queue;
let end: () => void;
afterEach(async () => {
  end();
  await queue.close();
});

/** A queue whose looks last until the test ends them. */
function start(rules: Partial<Parameters<typeof createInlineQueue>[0]> = {}) {
  const running: Look[] = [];
  const begun: Look[] = [];
  const waiting: (() => void)[] = [];
  let leaving = false;
  queue = createInlineQueue({
    work: (conversation, stop) =>
      new Promise((resolve) => {
        if (leaving) return resolve(undefined);
        const look: Look = {
          conversation,
          stop,
          end(again) {
            running.splice(running.indexOf(look), 1);
            resolve(again);
          },
        };
        running.push(look);
        begun.push(look);
        for (const wake of waiting.splice(0)) wake();
      }),
    ...{ clock: realClock, concurrency: 10, graceMs: 10_000, ...rules },
  });
  end = () => {
    leaving = true;
    for (const look of [...running]) look.end();
  };
  return {
    running: () => running.map(({ conversation }) => conversation),
    /** Resolves with the look of that number, once it has begun. */
    async look(number: number): Promise<Look> {
      for (;;) {
        const look = begun[number - 1];
        if (look !== undefined) return look;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    count: () => begun.length,
  };
}

/** A wake-up of another conversation that came later has begun: whatever was to begin before it has begun too. */
async function afterOthers(stage: ReturnType<typeof start>): Promise<void> {
  const before = stage.count();
  await queue.wake('another', 0);
  const look = await stage.look(before + 1);
  expect(look.conversation).toBe('another');
  look.end();
}

describe('the inline queue', () => {
  it('works on a conversation once at a time, and again for a wake-up that arrived meanwhile', async () => {
    const stage = start();
    await queue.wake('a', 0);
    const first = await stage.look(1);
    await queue.wake('a', 0);
    await afterOthers(stage);
    expect(stage.running()).toEqual(['a']);
    first.end();
    expect((await stage.look(3)).conversation).toBe('a');
  });

  it('works on several conversations concurrently, up to its limit', async () => {
    const stage = start({ concurrency: 2 });
    for (const conversation of ['a', 'b', 'c']) await queue.wake(conversation, 0);
    const first = await stage.look(1);
    await stage.look(2);
    await sleep(20);
    expect(stage.running()).toEqual(['a', 'b']);
    first.end();
    expect((await stage.look(3)).conversation).toBe('c');
  });

  it('merges several wake-ups into one at the earliest time', async () => {
    const stage = start();
    await queue.wake('a', 60_000);
    await queue.wake('a', 5);
    await queue.wake('a', 30_000);
    await stage.look(1);
    await afterOthers(stage);
    expect(stage.running()).toEqual(['a']);
  });

  it('runs again when the work requests it', async () => {
    const stage = start();
    await queue.wake('a', 0);
    (await stage.look(1)).end(realClock.now() + 5);
    (await stage.look(2)).end();
    await afterOthers(stage);
    expect(stage.count()).toBe(3);
  });

  it('works for another business at once, however many conversations one has', async () => {
    const stage = start({ maxOf: () => 2, reserved: 2 });
    for (let one = 0; one < 1_000; one += 1) await queue.wake(`flood~${one}`, 0);
    await stage.look(2);
    await sleep(20);
    expect(stage.running()).toEqual(['flood~0', 'flood~1']);
    await queue.wake('quiet~a', 0);
    const third = await stage.look(3);
    expect(third.conversation).toBe('quiet~a');
    third.end();
    (await stage.look(1)).end();
    expect((await stage.look(4)).conversation).toBe('flood~2');
  });

  it('gives its slots to one business after the other', async () => {
    const stage = start({ concurrency: 1, maxOf: () => 5 });
    for (const conversation of ['a~1', 'a~2', 'a~3', 'b~1', 'b~2', 'c~1']) await queue.wake(conversation, 0);
    const order: string[] = [];
    for (let number = 1; number <= 6; number += 1) {
      const look = await stage.look(number);
      order.push(look.conversation);
      await sleep(5);
      look.end();
    }
    expect(order).toEqual(['a~1', 'a~2', 'b~1', 'c~1', 'a~3', 'b~2']);
  });

  it('waits for running work when it closes, and starts nothing more', async () => {
    const stage = start({ concurrency: 1 });
    await queue.wake('a', 0);
    await queue.wake('b', 0);
    const look = await stage.look(1);
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await queue.wake('c', 0);
    await sleep(20);
    expect(closed).toBe(false);
    expect(look.stop.aborted).toBe(false);
    look.end(0);
    await closing;
    await sleep(20);
    expect(stage.count()).toBe(1);
  });

  it('stops work that still runs after the grace period', async () => {
    const stage = start({ graceMs: 10 });
    await queue.wake('a', 0);
    const look = await stage.look(1);
    look.stop.addEventListener('abort', () => look.end());
    await queue.close();
    expect(look.stop.aborted).toBe(true);
  });
});
