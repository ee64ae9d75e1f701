import { describe, expect } from 'vitest';
import { Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import { status } from '../../../fakes/messages.ts';
import { RULES, settle, turnTest, until } from './turn-test.ts';

const it = turnTest();

describe('when a send fails', () => {
  const three = () => `${'a'.repeat(150)}\n\n${'b'.repeat(150)}\n\n${'c'.repeat(150)}`;

  it('continues at the part that failed, with the same text, without asking again', async ({
    clock,
    assistant,
    channel,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    for (let failing = 0; failing < 3; failing += 1) {
      assistant.next.push(three);
      const before = channel.sent.length;
      const succeed = (take: () => string) => take();
      const throttle = () => {
        throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 4_000 });
      };
      channel.next.push(...Array.from({ length: failing }, () => succeed), throttle);
      expect(await wake([sentNow()])).toMatchObject({ outcome: 'again' });
      clock.advance(4_000);
      expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
      expect(sentTexts().slice(before)).toEqual(three().split('\n\n'));
    }
    expect(assistant.questions).toHaveLength(3);
  });

  it('waits for the status of a send of unknown outcome, and does not repeat a part that was sent', async ({
    clock,
    channel,
    store,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    expect(await wake([sentNow()])).toMatchObject({
      outcome: 'again',
      lookAgainAt: clock.now() + RULES.reconcileMs,
    });
    expect(await wakeAgain()).toMatchObject({ outcome: 'later' });
    const key = channel.sent[0]?.part.key ?? '';
    await store.recordStatuses([status(key, 'sent')]);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.sent).toHaveLength(1);
  });

  it('repeats a send of unknown outcome, with the same key, when no status arrives', async ({
    clock,
    channel,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    await wake([sentNow()]);
    clock.advance(RULES.reconcileMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
    expect(channel.sent.map(({ part }) => part.isRepeat)).toEqual([false, true]);
    expect(new Set(channel.sent.map(({ part }) => part.key)).size).toBe(1);
  });

  it('does not repeat a send whose status arrives after the turn was claimed', async ({
    clock,
    channel,
    store,
    useStore,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    await wake([sentNow()]);
    clock.advance(RULES.reconcileMs);
    const { claim } = store;
    useStore({
      ...store,
      async claim(...args) {
        const claimed = await claim(...args);
        await store.recordStatuses([status(channel.sent[0]?.part.key ?? '', 'sent')]);
        return claimed;
      },
    });
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.sent).toHaveLength(1);
  });

  it('waits for the status after a crash between the send and markSent', async ({
    clock,
    channel,
    store,
    conversation,
    sentNow,
    accept,
    wakeAgain,
  }) => {
    await accept([sentNow()]);
    const claim = await store.claim(conversation(), RULES.leaseMs);
    if (!claim.claimed) throw new Error('not claimed');
    const [part] = await store.writeReply(claim.lease, ['An answer.'], {});
    await store.markSending(claim.lease, part?.key ?? '');
    clock.advance(RULES.leaseMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 10_000 });
    expect(channel.sent).toEqual([]);
  });

  it('retries or gives up a send whose status is failed, depending on its code', async ({
    clock,
    channel,
    store,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    const lost = () => {
      throw new Unknown('timed out');
    };
    channel.next.push(lost, lost);
    await wake([sentNow()]);
    const failed = (code: string, platformId: string) =>
      store.recordStatuses([status(channel.attempted[0] ?? '', 'failed', { code, platformId })]);
    await failed('131000', 'wamid.first');
    expect(await wakeAgain()).toMatchObject({ outcome: 'again', error: { code: '131000' } });
    clock.advance(RULES.reconcileMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'again' });
    await failed('131000', 'wamid.first');
    expect(await wakeAgain()).toMatchObject({ outcome: 'later' });
    await failed('131026', 'wamid.second');
    expect(await wakeAgain()).toMatchObject({ outcome: 'buried' });
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 131026' }]);
    expect(channel.sent).toEqual([]);
  });

  it('marks as a repeat only a send of unknown outcome', async ({
    clock,
    channel,
    store,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    channel.next.push(() => {
      throw new Unknown('timed out');
    });
    await wake([sentNow()]);
    await store.recordStatuses([status(channel.attempted[0] ?? '', 'failed', { code: '131000' })]);
    expect(await wakeAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 2_000 });
    clock.advance(2_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
    expect(channel.sent.map(({ part }) => part.isRepeat)).toEqual([false]);
  });

  it('sends the next part after the platform has confirmed the previous one', async ({
    clock,
    assistant,
    channel,
    store,
    sentNow,
    wake,
  }) => {
    assistant.next.push(three);
    const turn = wake([sentNow()], { confirmMs: 1_000 });
    for (const sent of [1, 2]) {
      await until(() => channel.attempted.length === sent);
      await settle();
      expect(channel.attempted).toHaveLength(sent);
      await store.recordStatuses([status(channel.attempted[sent - 1] ?? '', 'sent')]);
      clock.advance(150);
    }
    expect(await turn).toMatchObject({ outcome: 'answered', sent: 3 });
  });

  it('sends the next part after a time limit when no status arrives', async ({
    clock,
    assistant,
    channel,
    sentNow,
    wake,
  }) => {
    assistant.next.push(three);
    const turn = wake([sentNow()], { confirmMs: 1_000 });
    for (const sent of [1, 2]) {
      await until(() => channel.attempted.length === sent);
      await settle();
      expect(channel.attempted).toHaveLength(sent);
      clock.advance(1_000);
    }
    expect(await turn).toMatchObject({ outcome: 'answered', sent: 3 });
  });

  it('does not apologise to a person whom the platform refuses', async ({
    channel,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    channel.next.push(() => {
      throw new Refused('outside the window', { code: '131047' });
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'buried' });
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.sent).toEqual([]);
  });
});
