import { describe, expect } from 'vitest';
import { Unavailable, Unknown } from '#app/domain/errors.ts';
import { RULES, turnTest } from './turn-test.ts';

const it = turnTest();

/** The platform takes the part, and its response is lost. */
const lostAfter = (take: () => string): never => {
  take();
  throw new Unknown('timed out');
};
const lostBefore = (): never => {
  throw new Unknown('timed out');
};

describe('a send of unknown outcome, on a platform that can be asked', () => {
  it('is not repeated when the platform has the part, and the wait for a status ends', async ({
    clock,
    channel,
    store,
    conversation,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    channel.next.push(lostAfter);
    const asked: unknown[] = [];
    channel.find = async (_business, to, part, since) => {
      asked.push({ phone: to.phone, key: part.key, text: part.text, since });
      return channel.sent[0]?.platformId;
    };
    const startedAt = clock.now();
    await wake([sentNow()]);
    clock.advance(RULES.reconcileMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    const [sent] = channel.sent;
    expect(channel.sent).toHaveLength(1);
    expect(asked).toEqual([
      { phone: sent?.to.phone, key: sent?.part.key, text: sent?.part.text, since: startedAt },
    ]);
    expect(await store.claim(conversation(), RULES.leaseMs)).toMatchObject({ because: 'idle' });
  });

  it('is resolved before the wait is over, after a crash between the send and markSent', async ({
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
    const [part] = await store.writeReply(claim.lease, ['An answer.', 'The rest of it.'], {});
    await store.markSending(claim.lease, part?.key ?? '');
    clock.advance(RULES.leaseMs);
    channel.find = async () => 'SM1';
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
    expect(channel.sent.map(({ part: { text } }) => text)).toEqual(['The rest of it.']);
  });

  it('is repeated only when the wait is over and the platform still does not have the part', async ({
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
    channel.find = async () => undefined;
    expect(await wakeAgain()).toMatchObject({ outcome: 'again', error: { code: 'reconciling' } });
    expect(channel.sent).toEqual([]);
    clock.advance(RULES.reconcileMs - RULES.leaseMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
    expect(channel.sent.map(({ part: { isRepeat } }) => isRepeat)).toEqual([true]);
  });

  it('waits while the platform cannot be asked, and the attempts do not count', async ({
    clock,
    channel,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    channel.next.push(lostAfter);
    let isDown = true;
    channel.find = async () => {
      if (isDown) throw new Unavailable('down', { scope: 'pair', retryAfterMs: 5_000 });
      return channel.sent[0]?.platformId;
    };
    await wake([sentNow()]);
    clock.advance(RULES.reconcileMs);
    for (let look = 0; look < 2 * RULES.maxAttempts; look += 1) {
      expect(await wakeAgain()).toMatchObject({ outcome: 'again', attempt: 2 });
      clock.advance(5_000);
    }
    expect(channel.sent).toHaveLength(1);
    isDown = false;
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.sent).toHaveLength(1);
  });

  it('counts as sent in the last look, instead of an apology', async ({
    clock,
    channel,
    store,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    channel.next.push(lostBefore, lostBefore, lostAfter);
    channel.find = async () => channel.sent[0]?.platformId;
    await wake([sentNow()]);
    for (let attempt = 1; attempt < RULES.maxAttempts; attempt += 1) {
      clock.advance(RULES.reconcileMs);
      expect(await wakeAgain()).toMatchObject({ outcome: 'again' });
    }
    clock.advance(RULES.reconcileMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(await store.deadLetters(5)).toEqual([]);
    expect(channel.sent).toHaveLength(1);
  });
});
