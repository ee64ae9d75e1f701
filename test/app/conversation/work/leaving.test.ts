import { beforeEach, describe, expect, it } from 'vitest';
import { createWork } from '#app/conversation/work.ts';
import { Unavailable } from '#app/domain/errors.ts';
import {
  accept,
  assistant,
  begin,
  channel,
  clock,
  conversation,
  look,
  lookAgain,
  now,
  RULES,
  saidTo,
  settle,
  store,
  until,
  useStore,
  workPorts,
} from './story.ts';

beforeEach(begin);

describe('leaving and losing', () => {
  it('releases the lease when the process is leaving, without counting the attempt', async () => {
    const stop = new AbortController();
    assistant.next.push(
      (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          stop.abort(new Error('leaving'));
        }),
    );
    expect(await look([now()], {}, stop)).toMatchObject({ outcome: 'stopped' });
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 1 });
  });

  it('counts the attempt when the turn has taken all the time there is, and gives up in the end', async () => {
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
    expect(await look([now()], { maxAttempts: 2 }, outOfTime())).toMatchObject({ outcome: 'again' });
    clock.advance(60_000);
    expect(await lookAgain({ maxAttempts: 2 }, outOfTime())).toMatchObject({ outcome: 'buried' });
    expect(await store.deadLetters(1)).toMatchObject([{ reason: 'attempts: out of time' }]);
  });

  it('renews the lease while the assistant thinks', async () => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const looking = look([now()]);
    await until(() => assistant.questions.length === 1);
    for (let third = 0; third < 12; third += 1) {
      clock.advance(RULES.leaseMs / 3 + 1);
      await settle();
    }
    expect(await store.claim(conversation, 1)).toMatchObject({ because: 'held' });
    finish('Slow.');
    expect(await looking).toMatchObject({ outcome: 'answered' });
  });

  it('sends nothing once another worker has taken over', async () => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const stalled = look([now()]);
    await until(() => assistant.questions.length === 1);
    // The process sleeps past its lease: its clock has moved, its timers have not run.
    clock.advance(RULES.leaseMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'again', error: { code: 'still-writing' } });
    clock.advance(30_000);
    let answer = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (answer = resolve)));
    const winner = lookAgain();
    await until(() => assistant.questions.length === 2);
    finish('Too late.');
    expect(await stalled).toMatchObject({ outcome: 'lost' });
    answer('An answer.');
    expect(await winner).toMatchObject({ outcome: 'answered' });
    expect(saidTo()).toEqual(['An answer.']);
  });

  it('does not send when it was suspended after recording the send', async () => {
    const awake = store;
    useStore({
      ...awake,
      async markSending(lease, key) {
        await awake.markSending(lease, key);
        clock.advance(2_001);
      },
    });
    expect(await look([now()])).toMatchObject({ outcome: 'again', attempt: 1 });
    expect(channel.tried).toEqual([]);
    useStore(awake);
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
  });

  it('is harmless when called for nothing and twice at once', async () => {
    await accept([now()]);
    const reports = await Promise.all([lookAgain(), lookAgain()]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['answered', 'held']);
    expect(saidTo()).toHaveLength(1);
  });

  it('reports a store that is down, and looks again later each time, until it is back', async () => {
    let isDown = true;
    const awake = store;
    useStore({
      ...awake,
      async claim(...args) {
        if (isDown) throw new Unavailable('store: the disk is full');
        return awake.claim(...args);
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
