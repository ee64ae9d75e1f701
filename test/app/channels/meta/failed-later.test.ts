import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RateLimits } from '#app/channels/meta/rate-limits.ts';
import { createMetaChannel } from '#app/channels/meta/send.ts';
import { Refused, Unavailable } from '#app/domain/errors.ts';
import { type FakeServer, fakeServer } from '../../../fakes/http-server.ts';
import { businessWith } from '../../../fakes/messages.ts';
import { realClock } from '../../../fakes/real-clock.ts';

const business = businessWith({ number: '100000000000001', token: 'secret-token' });
const phone = '15550001111';
const userId = 'US.13491208655302741918';
const both = { phone, userId };
const part = { text: 'words', key: 'turn.0', isRepeat: false };

const Sent = z.object({ to: z.string().optional(), recipient: z.string().optional() });

/** A Graph API that rejects the recipients in `unknown`. */
let graph: FakeServer;
let unknown: readonly string[];
beforeEach(async () => {
  unknown = [];
  graph = await fakeServer((res, { body }) => {
    const { to, recipient } = Sent.parse(JSON.parse(body));
    const isUnknown = unknown.includes(to ?? recipient ?? '');
    res.writeHead(isUnknown ? 400 : 200, { 'content-type': 'application/json' });
    res.end(JSON.stringify(isUnknown ? { error: { code: 131026 } } : { messages: [{ id: 'wamid.1' }] }));
  });
});
afterEach(() => graph.close());

function openChannel() {
  const clock = realClock;
  const rateLimits = new RateLimits({ clock });
  return createMetaChannel({ apiUrl: graph.url, apiVersion: 'v25.0', rateLimits, clock });
}

const recipients = () => graph.seen.map(({ body }) => Sent.parse(JSON.parse(body)));

describe('131026 to a phone', () => {
  it('in the response: sends to the user id at once', async () => {
    unknown = [phone];
    expect(await openChannel().send(business, both, part)).toBe('wamid.1');
    expect(recipients()).toEqual([{ to: phone }, { recipient: userId }]);
  });

  it('in a status: sends to the user id next time, and is Refused after that', async () => {
    const channel = openChannel();
    expect(channel.failure(business, both, ['131000', '131026'])).toMatchObject({
      name: 'Unavailable',
      code: '131026',
      scope: 'turn',
    });
    await channel.send(business, both, { ...part, failures: ['131000', '131026'] });
    expect(recipients()).toEqual([{ recipient: userId }]);
    expect(channel.failure(business, both, ['131000', '131026', '131026'])).toBeInstanceOf(Refused);
  });

  it.each([
    ['the user id is unknown too', both, [phone, userId], 2],
    ['there is no user id', { phone }, [phone], 1],
    ['there is no phone', { userId }, [userId], 1],
  ])('is refused when %s', async (_, person, unknownIds, calls) => {
    unknown = unknownIds;
    const channel = openChannel();
    await expect(channel.send(business, person, part)).rejects.toMatchObject({
      name: 'Refused',
      code: '131026',
    });
    expect(graph.seen).toHaveLength(calls);
    if (calls === 1) expect(channel.failure(business, person, ['131026'])).toBeInstanceOf(Refused);
  });
});

describe('a failed status', () => {
  it.each([
    ['131047', 'Refused', undefined],
    ['131000', 'Unavailable', 'turn'],
    ['131056', 'Unavailable', 'pair'],
    ['none', 'Unavailable', 'turn'],
  ])('with the code %s has the same meaning as in a response', (code, name, scope) => {
    expect(openChannel().failure(business, both, [code])).toMatchObject({ name, ...(scope && { scope }) });
  });

  it('starts a cooldown for the scope of its code, as a response does', async () => {
    const channel = openChannel();
    expect(channel.failure(business, { phone }, ['131042'])).toMatchObject({ alarm: 'number-refused' });
    const refused = { name: 'Unavailable', code: '131042', alarm: 'number-refused' };
    await expect(channel.send(business, { phone: '15550002222' }, part)).rejects.toMatchObject(refused);
    expect(graph.seen).toEqual([]);
  });

  it('backs off longer each time the same part fails, although each send was accepted', () => {
    const delays = [1, 2, 3, 4].map((times) => {
      const failure = openChannel().failure(business, { phone }, Array(times).fill('131056'));
      return failure instanceof Unavailable && failure.retryAfterMs;
    });
    expect(delays).toEqual([1_000, 4_000, 16_000, 64_000]);
  });
});
