import { describe, expect } from 'vitest';
import { Refused, Unknown } from '#app/domain/errors.ts';
import { status } from '../../../fakes/messages.ts';
import { RULES, turnTest } from './turn-test.ts';

const lost = () => {
  throw new Unknown('timed out');
};

/** `sendWithUnknownOutcome` runs a turn in which each of so many sends has an unknown outcome. */
const it = turnTest().extend(
  'sendWithUnknownOutcome',
  ({ clock, channel, sentNow, wake, wakeAgain }) =>
    async (sends = RULES.maxAttempts) => {
      channel.next.push(...Array.from({ length: sends }, () => lost));
      await wake([sentNow()]);
      for (let attempt = 1; attempt < sends; attempt += 1) {
        clock.advance(RULES.reconcileMs);
        expect(await wakeAgain()).toMatchObject({ outcome: 'again' });
      }
    },
);

describe('a reply that is given up', () => {
  it('is not sent again before its apology', async ({
    clock,
    channel,
    wakeAgain,
    sentTexts,
    sendWithUnknownOutcome,
  }) => {
    await sendWithUnknownOutcome();
    expect(await wakeAgain()).toMatchObject({ outcome: 'later' });
    clock.advance(RULES.reconcileMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'buried' });
    expect(await wakeAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(channel.attempted).toHaveLength(RULES.maxAttempts + 1);
    expect(sentTexts()).toEqual([expect.stringMatching(/^Sorry/)]);
  });

  it('has no apology when a status shows that it was delivered', async ({
    channel,
    store,
    wakeAgain,
    sendWithUnknownOutcome,
  }) => {
    await sendWithUnknownOutcome();
    await store.recordStatuses([status(channel.attempted[0] ?? '', 'delivered')]);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.attempted).toHaveLength(RULES.maxAttempts);
    expect(await store.deadLetters(1)).toEqual([]);
  });

  it('has no apology when it was sent and only finish failed', async ({
    clock,
    store,
    useStore,
    sentNow,
    wakeAgain,
    wake,
    sentTexts,
  }) => {
    const available = store;
    useStore({ ...available, finish: () => Promise.reject(new Error('a mistake')) });
    await wake([sentNow()]);
    for (let attempt = 1; attempt < RULES.maxAttempts; attempt += 1) {
      clock.advance(60_000);
      await wakeAgain().catch(() => {});
    }
    useStore(available);
    clock.advance(60_000);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(sentTexts()).toEqual(['An answer.']);
  });

  it('waits for the status of a send whose worker crashed in its last attempt', async ({
    clock,
    channel,
    store,
    conversation,
    wakeAgain,
    sendWithUnknownOutcome,
  }) => {
    await sendWithUnknownOutcome(RULES.maxAttempts - 1);
    clock.advance(RULES.reconcileMs);
    const claim = await store.claim(conversation(), RULES.leaseMs);
    if (!claim.claimed) throw new Error('not claimed');
    await store.markSending(claim.lease, channel.attempted[0] ?? '');
    clock.advance(RULES.leaseMs);
    expect(await wakeAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 10_000 });
    await store.recordStatuses([status(channel.attempted[0] ?? '', 'sent')]);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered' });
    expect(channel.attempted).toHaveLength(RULES.maxAttempts - 1);
  });

  it('sends nothing more when its apology is refused', async ({
    assistant,
    channel,
    store,
    sentNow,
    wakeAgain,
    wake,
  }) => {
    assistant.next.push(() => {
      throw new Refused('too long', { code: '422' });
    });
    channel.next.push(() => {
      throw new Refused('nobody there', { code: '131026' });
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'buried' });
    expect(await wakeAgain()).toMatchObject({ outcome: 'silent', error: { code: '131026' } });
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 422' }]);
  });
});
