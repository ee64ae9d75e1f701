import { beforeEach, describe, expect, it } from 'vitest';
import { Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import { status } from '../../../fakes/messages.ts';
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
} from './story.ts';

beforeEach(begin);

describe('when a send fails', () => {
  const three = () => `${'a'.repeat(150)}\n\n${'b'.repeat(150)}\n\n${'c'.repeat(150)}`;

  it('continues at the part that failed, with the same words, without asking again', async () => {
    for (let failing = 0; failing < 3; failing += 1) {
      assistant.next.push(three);
      const before = channel.taken.length;
      const good = (take: () => string) => take();
      const bad = () => {
        throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 4_000 });
      };
      channel.next.push(...Array.from({ length: failing }, () => good), bad);
      expect(await look([now()])).toMatchObject({ outcome: 'again' });
      clock.advance(4_000);
      expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
      expect(saidTo().slice(before)).toEqual(three().split('\n\n'));
    }
    expect(assistant.questions).toHaveLength(3);
  });

  it('waits for the status of a send of unknown outcome, and does not repeat it when it was sent', async () => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    expect(await look([now()])).toMatchObject({
      outcome: 'again',
      lookAgainAt: clock.now() + RULES.reconcileMs,
    });
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    const key = channel.taken[0]?.part.key ?? '';
    await store.recordStatuses([status(key, 'sent')]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.taken).toHaveLength(1);
  });

  it('repeats it, with the same key, when no status comes', async () => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    await look([now()]);
    clock.advance(RULES.reconcileMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
    expect(channel.taken.map(({ part }) => part.isRepeat)).toEqual([false, true]);
    expect(new Set(channel.taken.map(({ part }) => part.key)).size).toBe(1);
  });

  it('does not repeat it when the status came after the turn was claimed', async () => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    await look([now()]);
    clock.advance(RULES.reconcileMs);
    const { claim } = store;
    useStore({
      ...store,
      async claim(...given) {
        const claimed = await claim(...given);
        await store.recordStatuses([status(channel.taken[0]?.part.key ?? '', 'sent')]);
        return claimed;
      },
    });
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.taken).toHaveLength(1);
  });

  it('waits for the status after a crash between the send and its mark', async () => {
    await accept([now()]);
    const claim = await store.claim(conversation, RULES.leaseMs);
    if (!claim.claimed) throw new Error('not claimed');
    const [part] = await store.writeReply(claim.lease, ['An answer.'], {});
    await store.markSending(claim.lease, part?.key ?? '');
    clock.advance(RULES.leaseMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 10_000 });
    expect(channel.taken).toEqual([]);
  });

  it('retries or gives up a send whose status says failed, by its code', async () => {
    const lost = () => {
      throw new Unknown('timed out');
    };
    channel.next.push(lost, lost);
    await look([now()]);
    const failed = (code: string, platformId: string) =>
      store.recordStatuses([status(channel.tried[0] ?? '', 'failed', { code, platformId })]);
    await failed('131000', 'wamid.first');
    expect(await lookAgain()).toMatchObject({ outcome: 'again', error: { code: '131000' } });
    clock.advance(RULES.reconcileMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'again' });
    await failed('131000', 'wamid.first');
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    await failed('131026', 'wamid.second');
    expect(await lookAgain()).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 131026' }]);
    expect(channel.taken).toEqual([]);
  });

  it('marks as a repeat only a send of unknown outcome', async () => {
    channel.next.push(() => {
      throw new Unknown('timed out');
    });
    await look([now()]);
    await store.recordStatuses([status(channel.tried[0] ?? '', 'failed', { code: '131000' })]);
    expect(await lookAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 2_000 });
    clock.advance(2_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(channel.taken.map(({ part }) => part.isRepeat)).toEqual([false]);
  });

  it('sends the next part when the platform has confirmed the one before', async () => {
    assistant.next.push(three);
    const looking = look([now()], { confirmMs: 1_000 });
    for (const sent of [1, 2]) {
      await until(() => channel.tried.length === sent);
      await settle();
      expect(channel.tried).toHaveLength(sent);
      await store.recordStatuses([status(channel.tried[sent - 1] ?? '', 'sent')]);
      clock.advance(150);
    }
    expect(await looking).toMatchObject({ outcome: 'answered', sent: 3 });
  });

  it('does not wait for ever for a phone that is off', async () => {
    assistant.next.push(three);
    const looking = look([now()], { confirmMs: 1_000 });
    for (const sent of [1, 2]) {
      await until(() => channel.tried.length === sent);
      await settle();
      expect(channel.tried).toHaveLength(sent);
      clock.advance(1_000);
    }
    expect(await looking).toMatchObject({ outcome: 'answered', sent: 3 });
  });

  it('does not apologise to a person whom the platform refuses', async () => {
    channel.next.push(() => {
      throw new Refused('outside the window', { code: '131047' });
    });
    expect(await look([now()])).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.taken).toEqual([]);
  });
});
