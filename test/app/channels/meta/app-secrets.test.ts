import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sign } from '#app/channels/meta/signature.ts';
import { createMetaWebhook } from '#app/channels/meta/webhook.ts';
import { Unavailable } from '#app/domain/errors.ts';
import type { Business } from '#app/ports/businesses.ts';
import type { Verification } from '#app/ports/webhook-channel.ts';
import { businessWith } from '../../../fakes/messages.ts';

const { vectors } = z
  .object({
    vectors: z.array(
      z.object({ name: z.string(), secret: z.string(), body: z.string(), signature: z.string() }),
    ),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/meta/signatures.json', 'utf8')));

const DEPLOYMENT = 'secret-of-the-deployment';
const unreadable = new Unavailable('cannot be decrypted', { scope: 'number', alarm: 'token-refused' });

let businesses: Map<string, Business>;
let lookups: string[];
let slept: number[];
let now: number;
let verify: (body: Buffer, signature?: string) => Verification | Promise<Verification>;
beforeEach(() => {
  businesses = new Map();
  lookups = [];
  slept = [];
  now = 1_790_000_000_000;
  verify = channelOf(DEPLOYMENT);
});

function channelOf(...appSecrets: string[]) {
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      slept.push(ms);
      now += ms;
    },
  };
  const find = async (number: string) => {
    lookups.push(number);
    return businesses.get(number);
  };
  const channel = createMetaWebhook({
    ...{ appSecrets, verifyToken: '', alwaysReturnOk: true },
    ownApps: { find, clock },
  });
  return (body: Buffer, signature?: string) =>
    channel.verify({
      url: '/',
      headers: signature === undefined ? {} : { 'x-hub-signature-256': signature },
      body,
    });
}

function registered(number: string, ...appSecrets: string[]): Business {
  const business = businessWith({ id: `b${number}`, number, appSecrets: () => appSecrets });
  businesses.set(number, business);
  return business;
}

const bodyFor = (...numbers: string[]) =>
  Buffer.from(
    JSON.stringify({ entry: numbers.map((number) => ({ metadata: { phone_number_id: number } })) }),
  );

/** Whether the delivery covers each of the businesses. */
function covered(verification: Verification, ...of: Business[]): boolean[] {
  if (!verification.ok) throw new Error(`refused: ${verification.reason}`);
  return of.map((business) => verification.covers?.(business) ?? true);
}

const MISMATCH = { ok: false, reason: 'mismatch' };
const forged = (...numbers: string[]) => verify(bodyFor(...numbers), sign(bodyFor(...numbers), 'forger'));

describe('a delivery signed by the app of the deployment', () => {
  it('is verified at once, without a look-up, and covers businesses without an app of their own', () => {
    const plain = registered('1');
    const own = registered('2', 'own');
    const shared = registered('3', 'own', DEPLOYMENT);
    const verification = verify(bodyFor('1', '2'), sign(bodyFor('1', '2'), DEPLOYMENT));
    expect(verification).not.toBeInstanceOf(Promise);
    expect(covered(verification as Verification, plain, own, shared)).toEqual([true, false, true]);
    expect(lookups).toEqual([]);
  });

  it('covers every business where none can have an app of its own', () => {
    const channel = createMetaWebhook({ appSecrets: [DEPLOYMENT], verifyToken: '', alwaysReturnOk: true });
    const body = bodyFor('1');
    const headers = { 'x-hub-signature-256': sign(body, DEPLOYMENT) };
    expect(channel.verify({ url: '/', headers, body })).toEqual({ ok: true, escaped: false });
  });
});

describe('a delivery signed by the app of a business', () => {
  it.each(vectors.filter(({ body }) => body.includes('phone_number_id')))(
    'is accepted as another tool signed it: $name',
    async ({ secret, body, signature }) => {
      registered('100000000000001', 'former', secret);
      expect(await verify(Buffer.from(body), signature)).toMatchObject({ ok: true, escaped: false });
      expect(slept).toEqual([]);
    },
  );

  it('is accepted in its escaped form', async () => {
    const raw = vectors.find(({ name }) => name === 'arabic-raw');
    const escaped = vectors.find(({ name }) => name === 'arabic-escaped');
    registered('100000000000001', raw?.secret ?? '');
    const verification = await verify(Buffer.from(raw?.body ?? ''), escaped?.signature);
    expect(verification).toMatchObject({ ok: true, escaped: true });
  });

  it('covers the businesses that have the secret, and no others', async () => {
    const [one, other, plain, both] = [
      registered('1', 'own'),
      registered('2', 'other'),
      registered('3'),
      registered('4', 'next', 'own'),
    ];
    const body = bodyFor('2', '1', '3', '4', '999');
    const verification = await verify(body, sign(body, 'own'));
    expect(covered(verification, one, other, plain, both)).toEqual([true, false, false, true]);
  });

  it('is accepted with each of the secrets while one is rotated', async () => {
    registered('1', 'next', 'former');
    for (const secret of ['next', 'former']) {
      expect(await verify(bodyFor('1'), sign(bodyFor('1'), secret))).toMatchObject({ ok: true });
    }
    expect(await forged('1')).toEqual(MISMATCH);
  });

  it('is accepted where the deployment has no secret', async () => {
    verify = channelOf();
    registered('1', 'own');
    expect(await verify(bodyFor('1'), sign(bodyFor('1'), 'own'))).toMatchObject({ ok: true });
    expect(await verify(bodyFor('1'))).toEqual({ ok: false, reason: 'missing' });
    expect(await verify(bodyFor('1'), 'sha1=00')).toEqual({ ok: false, reason: 'malformed' });
  });

  it('is not accepted with an empty secret, nor one that stands in our sources', async () => {
    registered('1', '');
    for (const secret of ['', 'no secret']) {
      expect(await verify(bodyFor('1'), sign(bodyFor('1'), secret))).toEqual(MISMATCH);
    }
  });

  it('is accepted although the secrets of another business in it cannot be read', async () => {
    const one = registered('1', 'own');
    businesses.set(
      '2',
      businessWith({
        appSecrets: () => {
          throw unreadable;
        },
      }),
    );
    const body = bodyFor('2', '1');
    const verification = await verify(body, sign(body, 'own'));
    expect(covered(verification, one)).toEqual([true]);
    expect(() => verification.ok && verification.covers?.(businesses.get('2') ?? one)).toThrow(unreadable);
  });

  it('can be repeated when its business could not be looked up or its secrets not be read', async () => {
    businesses.set(
      '2',
      businessWith({
        appSecrets: () => {
          throw unreadable;
        },
      }),
    );
    await expect(verify(bodyFor('2'), sign(bodyFor('2'), 'own'))).rejects.toBe(unreadable);
  });
});

describe('a delivery that no app signed', () => {
  it('is refused without a look-up when it names no number', () => {
    expect(verify(Buffer.from('{}'), sign(Buffer.from('{}'), 'forger'))).toEqual(MISMATCH);
    expect(lookups).toEqual([]);
  });

  it('is refused at the same time with the same words, whatever its number is', async () => {
    registered('1', 'own');
    registered('2');
    registered('3', 'own', 'next');
    for (const number of ['1', '2', '3', '999']) {
      expect(await forged(number)).toEqual(MISMATCH);
    }
    expect(slept).toEqual([250, 250, 250, 250]);
  });

  it('costs at most 16 look-ups', async () => {
    await forged(...Array.from({ length: 1_000 }, (_, index) => String(index)));
    expect(lookups).toHaveLength(16);
  });

  it('is to be repeated when too many come, before any look-up, whatever its number is', async () => {
    registered('1', 'own');
    expect(await verify(bodyFor('1'), sign(bodyFor('1'), 'own'))).toMatchObject({ ok: true });
    const started = now;
    const flood = Array.from({ length: 1_000 }, (_, index) => forged(String(1_000 + index)));
    const ended = await Promise.allSettled(flood);
    expect(now - started).toBeLessThan(200 * 250 + 1);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(200);
    expect(lookups).toHaveLength(201);
    now = started;
    for (const number of ['1', '2']) {
      await expect(forged(number)).rejects.toMatchObject({
        ...{ name: 'Unavailable', code: 'unknown-signers', retryAfterMs: expect.any(Number) },
      });
    }
  });

  it('costs more the longer it is', async () => {
    const long = Buffer.concat([bodyFor('1'), Buffer.alloc(4 * 1024 * 1024 - 100, ' ')]);
    const flood = Array.from({ length: 10 }, () => verify(long, sign(long, 'forger')));
    const ended = await Promise.allSettled(flood);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('does not use up what genuine deliveries of own apps need', async () => {
    registered('1', 'own');
    const genuine = () => verify(bodyFor('1'), sign(bodyFor('1'), 'own'));
    for (let times = 0; times < 500; times += 1) expect(await genuine()).toMatchObject({ ok: true });
    await Promise.allSettled(Array.from({ length: 400 }, (_, index) => forged(String(index))));
    now = 1_790_000_000_000;
    await expect(forged('2')).rejects.toThrow(Unavailable);
    expect(await genuine()).toMatchObject({ ok: true });
  });

  it('is checked with the present secrets of a number that had others', async () => {
    registered('1', 'own');
    expect(await verify(bodyFor('1'), sign(bodyFor('1'), 'own'))).toMatchObject({ ok: true });
    registered('1', 'renewed');
    expect(await verify(bodyFor('1'), sign(bodyFor('1'), 'own'))).toEqual(MISMATCH);
    expect(await verify(bodyFor('1'), sign(bodyFor('1'), 'renewed'))).toMatchObject({ ok: true });
  });
});
