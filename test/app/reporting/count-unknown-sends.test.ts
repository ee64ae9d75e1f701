import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { UnknownSendEnd } from '#app/metrics/counters.ts';
import { countUnknownSends } from '#app/reporting/count-unknown-sends.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { settableClock } from '../../fakes/clock.ts';
import { message, status } from '../../fakes/messages.ts';

/** A turn with a reply of one part. */
async function start() {
  const clock = settableClock();
  const ends: UnknownSendEnd[] = [];
  const inner = createMemoryStore({ clock, newId: randomUUID });
  const counted = () => countUnknownSends(inner, { unknownSend: (end) => ends.push(end) });
  const store = counted();
  const [accepted] = await store.accept([message()]);
  const conversation = accepted?.conversation ?? '';
  const claim = async (by = store) => {
    const claimed = await by.claim(conversation, 1_000);
    if (!claimed.claimed) throw new Error(`not claimed: ${claimed.because}`);
    return claimed.lease;
  };
  const lease = await claim();
  const [part] = await store.writeReply(lease, ['a part'], {});
  const key = part?.key ?? '';
  /** The send ends without an outcome, and the attempt with it. */
  const doubt = async () => {
    await store.markSending(lease, key);
    await store.parts(lease);
    await store.release(lease, { retryAt: clock.now(), countAttempt: true });
  };
  return { ...{ clock, ends, store, counted, claim, lease, key, doubt } };
}

it('a send with an outcome is in no doubt, whatever the outcome', async () => {
  const { store, lease, key, ends } = await start();
  await store.markSending(lease, key);
  await store.markUnsent(lease, key);
  await store.markSending(lease, key);
  await store.markSent(lease, key, 'wamid.1');
  await store.parts(lease);
  await store.finish(lease);
  expect(ends).toEqual([]);
});

it('a part that is sent again was resent, once', async () => {
  const { store, claim, key, doubt, ends } = await start();
  await doubt();
  const lease = await claim();
  await store.markSending(lease, key);
  await store.markSent(lease, key, 'wamid.2');
  await store.parts(lease);
  expect(ends).toEqual(['resent']);
});

it('a part that the platform has was found', async () => {
  const { store, claim, key, doubt, ends } = await start();
  await doubt();
  await store.markSent(await claim(), key, 'wamid.1');
  expect(ends).toEqual(['found']);
});

it.each(['delivered', 'failed'] as const)(
  'a part that is reported as %s was resolved by its status',
  async (progress) => {
    const { store, claim, key, doubt, ends } = await start();
    await doubt();
    await store.recordStatuses([status(key, progress)]);
    const lease = await claim();
    await store.parts(lease);
    await store.markUnsent(lease, key);
    expect(ends).toEqual(['status']);
  },
);

it('a part that is not sent again was given up', async () => {
  const { store, claim, key, doubt, ends } = await start();
  await doubt();
  await store.markUnsent(await claim(), key);
  expect(ends).toEqual(['given_up']);
});

it('a send whose process died is in doubt for the next one', async () => {
  const { clock, store, lease, counted, claim, key, ends } = await start();
  await store.markSending(lease, key);
  clock.advance(1_001);
  const next = counted();
  await next.markSending(await claim(next), key);
  expect(ends).toEqual(['resent']);
});
