import { describe, expect, it } from 'vitest';
import { RateLimits, type RateLimitsOptions, type Route } from '#app/channels/meta/rate-limits.ts';
import { type Scope, Unavailable } from '#app/domain/errors.ts';

const amina: Route = { number: '1', accessToken: 'token', person: 'amina' };
const bilal: Route = { ...amina, person: 'bilal' };
const elsewhere: Route = { number: '2', accessToken: 'other', person: 'amina' };

/** A clock whose sleep advances it at once. */
function start(options: Partial<RateLimitsOptions> = {}) {
  const time = { now: 1_760_000_000_000, slept: 0 };
  const clock = {
    now: () => time.now,
    sleep: async (ms: number) => {
      time.now += ms;
      time.slept += ms;
    },
  };
  return {
    time,
    rateLimits: new RateLimits({ clock, perNumberPerSecond: Number.POSITIVE_INFINITY, ...options }),
  };
}

async function refused(promise: Promise<void>): Promise<Unavailable> {
  const error: unknown = await promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
  if (error instanceof Unavailable) return error;
  throw error;
}

function failure(scope: Scope, code: string, retryAfterMs?: number): Unavailable {
  return new Unavailable('slow down', { scope, code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

describe('RateLimits.enter', () => {
  it('allows a pair its burst, then reports when the next part may be sent', async () => {
    const { rateLimits, time } = start();
    for (let part = 0; part < 45; part += 1) await rateLimits.enter(amina);
    expect(await refused(rateLimits.enter(amina))).toMatchObject({ scope: 'pair', retryAfterMs: 6000 });
    await rateLimits.enter(bilal);
    await rateLimits.enter(elsewhere);
    time.now += 5500;
    await rateLimits.enter(amina);
    expect(time.slept).toBe(500);
  });

  it('tells each wait, slept or put off, with what it is for', async () => {
    const waits: [Scope, number][] = [];
    const { rateLimits, time } = start({ pairBurst: 1, waiting: (scope, ms) => waits.push([scope, ms]) });
    await rateLimits.enter(amina);
    await refused(rateLimits.enter(amina));
    time.now += 5500;
    await rateLimits.enter(amina);
    rateLimits.slowDown(bilal, failure('number', '130429', 60_000));
    await refused(rateLimits.enter(bilal));
    expect(waits).toEqual([
      ['pair', 6000],
      ['pair', 500],
      ['number', 60_000],
    ]);
  });

  it('limits a pair to one part in 6 seconds on average after its burst', async () => {
    const { rateLimits, time } = start();
    const sentAt: number[] = [];
    while (sentAt.length < 120) {
      try {
        await rateLimits.enter(amina);
        sentAt.push(time.now);
      } catch (error) {
        time.now += error instanceof Unavailable ? (error.retryAfterMs ?? 0) : Number.NaN;
      }
    }
    for (const [later, at] of sentAt.entries()) {
      for (const [earlier, since] of sentAt.slice(0, later).entries()) {
        expect(at - since).toBeGreaterThanOrEqual((later - earlier - 44) * 6000);
      }
    }
  });

  it('counts nothing when it throws', async () => {
    const { rateLimits, time } = start({ pairBurst: 1 });
    await rateLimits.enter(amina);
    for (let again = 0; again < 10; again += 1) await refused(rateLimits.enter(amina));
    time.now += 6000;
    await rateLimits.enter(amina);
  });

  it('spaces the parts of one number, so that no second exceeds its rate', async () => {
    const { rateLimits, time } = start({ perNumberPerSecond: 80 });
    const sentAt: number[] = [];
    for (let person = 0; person < 240; person += 1) {
      await rateLimits.enter({ ...amina, person: `person ${person}` });
      sentAt.push(time.now);
    }
    for (const start of sentAt) {
      expect(sentAt.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(80);
    }
    expect(time.slept).toBeGreaterThan(2900);
  });

  it('blocks no worker when the wait for a number exceeds the limit', async () => {
    const { rateLimits } = start({ perNumberPerSecond: 80, clock: { now: () => 0, sleep: async () => {} } });
    const all = Array.from({ length: 200 }, (_, n) => rateLimits.enter({ ...amina, person: `${n}` }));
    const outcomes = await Promise.allSettled(all);
    const late = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(late).toHaveLength(200 - 81);
    expect(late[0]?.reason).toMatchObject({ scope: 'number', retryAfterMs: 1013 });
    await rateLimits.enter(elsewhere);
  });
});

describe('RateLimits.slowDown', () => {
  it('delays a pair by 1, 4, 16 seconds and so on, until a part is accepted', async () => {
    const { rateLimits, time } = start();
    const waits: (number | undefined)[] = [];
    for (let refusal = 0; refusal < 7; refusal += 1) {
      const slower = rateLimits.slowDown(amina, failure('pair', '131056', 1000));
      waits.push(slower.retryAfterMs);
      time.now += slower.retryAfterMs ?? 0;
    }
    expect(waits).toEqual([1000, 4000, 16_000, 64_000, 256_000, 1_024_000, 1_024_000]);
    rateLimits.accepted(amina);
    await rateLimits.enter(amina);
    expect(rateLimits.slowDown(amina, failure('pair', '131056', 1000)).retryAfterMs).toBe(1000);
  });

  it('delays a pair for as long as Meta asks, if that is longer', () => {
    const { rateLimits, time } = start();
    expect(rateLimits.slowDown(amina, failure('pair', '131056', 3000)).retryAfterMs).toBe(3000);
    time.now += 3000;
    expect(rateLimits.slowDown(amina, failure('pair', '131056', 3000)).retryAfterMs).toBe(4000);
  });

  it('starts again at 1 second after a pair was idle', () => {
    const { rateLimits, time } = start();
    rateLimits.slowDown(amina, failure('pair', '131056', 1000));
    time.now += 1000 + 10 * 60_000;
    expect(rateLimits.slowDown(amina, failure('pair', '131056', 1000)).retryAfterMs).toBe(1000);
  });

  it.each<[Scope, Route[], Route[]]>([
    ['pair', [amina], [bilal, elsewhere]],
    ['number', [amina, bilal], [elsewhere]],
    ['account', [amina, bilal], [elsewhere]],
    ['app', [amina, bilal, elsewhere], []],
    ['turn', [], [amina, bilal, elsewhere]],
  ])('pauses only the %s', async (scope, paused, free) => {
    const { rateLimits, time } = start();
    const failed = failure(scope, '7', 60_000);
    expect(rateLimits.slowDown(amina, failed)).toMatchObject({ scope, code: '7', retryAfterMs: 60_000 });
    time.now += 20_000;
    for (const route of free) await rateLimits.enter(route);
    for (const route of paused) {
      expect(await refused(rateLimits.enter(route))).toMatchObject({
        scope,
        code: '7',
        retryAfterMs: 40_000,
      });
      expect(() => rateLimits.check(route)).toThrow(Unavailable);
    }
    time.now += 40_000;
    for (const route of paused) await rateLimits.enter(route);
    expect(time.slept).toBe(0);
  });

  it('starts with a short cooldown when Meta names none, and doubles it up to a minute', async () => {
    const { rateLimits, time } = start();
    const waits = Array.from({ length: 8 }, () => {
      const { retryAfterMs = 0 } = rateLimits.slowDown(amina, failure('number', '130429'));
      time.now += retryAfterMs;
      return retryAfterMs / 1000;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    rateLimits.accepted(bilal);
    expect(rateLimits.slowDown(amina, failure('number', '130429')).retryAfterMs).toBe(1000);
  });

  it('counts refusals of concurrent calls as one', async () => {
    const { rateLimits, time } = start();
    for (let call = 0; call < 20; call += 1) rateLimits.slowDown(amina, failure('number', '130429'));
    time.now += 1000;
    expect(rateLimits.slowDown(amina, failure('number', '130429')).retryAfterMs).toBe(2000);
  });

  it('does not end a cooldown when an earlier call succeeds', async () => {
    const { rateLimits } = start();
    rateLimits.slowDown(amina, failure('number', '130429', 10_000));
    rateLimits.accepted(bilal);
    expect(await refused(rateLimits.enter(bilal))).toMatchObject({ retryAfterMs: 10_000 });
  });

  it('sleeps through a short cooldown, and through one that starts meanwhile', async () => {
    const { rateLimits, time } = start();
    rateLimits.slowDown(amina, failure('number', '7', 800));
    const entering = rateLimits.enter(amina);
    rateLimits.slowDown(bilal, failure('app', '4', 700));
    await entering;
    expect(time.slept).toBe(1500);
  });

  it('never shortens a cooldown', async () => {
    const { rateLimits } = start();
    rateLimits.slowDown(amina, failure('number', '131048', 3_600_000));
    rateLimits.slowDown(amina, failure('number', '130429', 2000));
    expect(await refused(rateLimits.enter(amina))).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it('blocks a number whose token expired until it has a new one', async () => {
    const { rateLimits } = start();
    rateLimits.slowDown(amina, failure('number', '190', 300_000));
    expect(await refused(rateLimits.enter(bilal))).toMatchObject({ scope: 'number', code: '190' });
    await rateLimits.enter({ ...amina, accessToken: 'replaced' });
  });

  it('repeats the alarm when a call meets the cooldown', () => {
    const { rateLimits } = start();
    const refusal = new Unavailable('no', { scope: 'number', code: '131042', alarm: 'number-refused' });
    expect(rateLimits.slowDown(amina, refusal)).toMatchObject({ alarm: 'number-refused' });
    expect(() => rateLimits.check(bilal)).toThrow(expect.objectContaining({ alarm: 'number-refused' }));
  });
});
