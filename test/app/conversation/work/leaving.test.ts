import { describe, expect } from 'vitest';
import { createWork } from '#app/conversation/work.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { RULES, settle, turnTest, until } from './turn-test.ts';

const it = turnTest();

describe('shutdown and lost leases', () => {
  it('releases the lease when the process shuts down, without counting the attempt', async ({
    assistant,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    const stop = new AbortController();
    assistant.next.push(
      (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          stop.abort(new Error('shutting down'));
        }),
    );
    expect(await wake([sentNow()], {}, stop)).toMatchObject({ outcome: 'stopped' });
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', attempt: 1 });
  });

  it('counts the attempt when the turn runs out of time, and gives up after the last attempt', async ({
    clock,
    assistant,
    store,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    const outOfTime = () => {
      const stop = new AbortController();
      assistant.next.push(
        (_question, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            stop.abort(new Unavailable('out of time'));
          }),
      );
      return stop;
    };
    expect(await wake([sentNow()], { maxAttempts: 2 }, outOfTime())).toMatchObject({ outcome: 'again' });
    clock.advance(60_000);
    expect(await wakeAgain({ maxAttempts: 2 }, outOfTime())).toMatchObject({ outcome: 'buried' });
    expect(await store.deadLetters(1)).toMatchObject([{ reason: 'attempts: out of time' }]);
  });

  it('renews the lease while the assistant answers', async ({
    clock,
    assistant,
    store,
    conversation,
    sentNow,
    wake,
  }) => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const turn = wake([sentNow()]);
    await until(() => assistant.questions.length === 1);
    for (let third = 0; third < 12; third += 1) {
      clock.advance(RULES.leaseMs / 3 + 1);
      await settle();
    }
    expect(await store.claim(conversation(), 1)).toMatchObject({ because: 'held' });
    finish('Slow.');
    expect(await turn).toMatchObject({ outcome: 'answered' });
  });

  it('sends nothing after another worker has taken over', async ({
    clock,
    assistant,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const suspended = wake([sentNow()]);
    await until(() => assistant.questions.length === 1);
    // The process is suspended past its lease: its clock has moved, its timers have not run.
    clock.advance(RULES.leaseMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'again', error: { code: 'still-writing' } });
    clock.advance(30_000);
    let answer = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (answer = resolve)));
    const winner = wakeAgain();
    await until(() => assistant.questions.length === 2);
    finish('Too late.');
    expect(await suspended).toMatchObject({ outcome: 'lost' });
    answer('An answer.');
    expect(await winner).toMatchObject({ outcome: 'answered' });
    expect(sentTexts()).toEqual(['An answer.']);
  });

  it('does not send when it was suspended after recording the send', async ({
    clock,
    channel,
    store,
    useStore,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    const available = store;
    useStore({
      ...available,
      async markSending(lease, key) {
        await available.markSending(lease, key);
        clock.advance(2_001);
      },
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'again', attempt: 1 });
    expect(channel.attempted).toEqual([]);
    useStore(available);
    clock.advance(1_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
  });

  it('answers once when two wake-ups run concurrently', async ({ sentNow, accept, wakeAgain, sentTexts }) => {
    await accept([sentNow()]);
    const reports = await Promise.all([wakeAgain(), wakeAgain()]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['answered', 'held']);
    expect(sentTexts()).toHaveLength(1);
  });

  it('reports a store that is down, and backs off longer each time until it is available', async ({
    clock,
    store,
    useStore,
    workPorts,
  }) => {
    let isDown = true;
    const available = store;
    useStore({
      ...available,
      async claim(...args) {
        if (isDown) throw new Unavailable('store: the disk is full');
        return available.claim(...args);
      },
    });
    const work = createWork({ ...workPorts(), jitter: () => 0 }, RULES);
    const delays: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const { outcome, lookAgainAt = 0 } = await work('any', new AbortController().signal);
      expect(outcome).toBe('store-down');
      clock.advance(500);
      // A call during the cooldown gets the same time and does not prolong it.
      const late = await work('other', new AbortController().signal);
      expect(late.lookAgainAt).toBe(lookAgainAt);
      delays.push(lookAgainAt - clock.now() + 500);
      clock.advance(lookAgainAt - clock.now());
    }
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    isDown = false;
    await work('any', new AbortController().signal);
    isDown = true;
    const again = await work('any', new AbortController().signal);
    expect(again.lookAgainAt).toBe(clock.now() + 2_000);
  });
});
