import { beforeEach, describe, expect, it } from 'vitest';
import { Refused, Unknown } from '#app/domain/errors.ts';
import { status } from '../../../fakes/messages.ts';
import {
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
  store,
  useStore,
} from './story.ts';

beforeEach(begin);

describe('a reply that is given up', () => {
  const lost = () => {
    throw new Unknown('timed out');
  };
  /** Every send of it ends without anybody knowing how. */
  async function inDoubt(sends = RULES.maxAttempts) {
    channel.next.push(...Array.from({ length: sends }, () => lost));
    await look([now()]);
    for (let attempt = 1; attempt < sends; attempt += 1) {
      clock.advance(RULES.reconcileMs);
      expect(await lookAgain()).toMatchObject({ outcome: 'again' });
    }
  }

  it('is not sent once more in front of its apology', async () => {
    await inDoubt();
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    clock.advance(RULES.reconcileMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(channel.tried).toHaveLength(RULES.maxAttempts + 1);
    expect(saidTo()).toEqual([expect.stringMatching(/^Sorry/)]);
  });

  it('has no apology when a status proves at last that it came', async () => {
    await inDoubt();
    await store.recordStatuses([status(channel.tried[0] ?? '', 'delivered')]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.tried).toHaveLength(RULES.maxAttempts);
    expect(await store.deadLetters(1)).toEqual([]);
  });

  it('has no apology when it came and only its end could not be written', async () => {
    const awake = store;
    useStore({ ...awake, finish: () => Promise.reject(new Error('a mistake')) });
    await look([now()]);
    for (let attempt = 1; attempt < RULES.maxAttempts; attempt += 1) {
      clock.advance(60_000);
      await lookAgain().catch(() => {});
    }
    useStore(awake);
    clock.advance(60_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(saidTo()).toEqual(['An answer.']);
  });

  it('waits for the status of what a worker sent that died over its last attempt', async () => {
    await inDoubt(RULES.maxAttempts - 1);
    clock.advance(RULES.reconcileMs);
    const claim = await store.claim(conversation, RULES.leaseMs);
    if (!claim.claimed) throw new Error('not claimed');
    await store.markSending(claim.lease, channel.tried[0] ?? '');
    clock.advance(RULES.leaseMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 10_000 });
    await store.recordStatuses([status(channel.tried[0] ?? '', 'sent')]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(channel.tried).toHaveLength(RULES.maxAttempts - 1);
  });

  it('says nothing more of an apology that cannot be said', async () => {
    assistant.next.push(() => {
      throw new Refused('too long', { code: '422' });
    });
    channel.next.push(() => {
      throw new Refused('nobody there', { code: '131026' });
    });
    expect(await look([now()])).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'silent', error: { code: '131026' } });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 422' }]);
  });
});
