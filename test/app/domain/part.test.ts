import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  afterStatus,
  applyStatus,
  hasFailed,
  needsReopening,
  needsText,
  newParts,
  partKey,
  positionOf,
  replaceUnsent,
  type Sends,
  taken,
  takenBack,
} from '#app/domain/part.ts';
import type { Progress } from '#app/domain/progress.ts';

const sent: Sends = { state: 'sent', platformId: 'one', failures: [] };
const report = (part: Sends, progress: Progress, id: string) =>
  afterStatus(part, { progress, ...(progress === 'failed' && { code: '131000' }) }, id);

it('has the same final state for any order and number of statuses of one send', () => {
  const reports: Progress[] = ['other', 'sent', 'failed', 'delivered', 'read', 'played'];
  fc.assert(
    fc.property(
      fc.subarray(reports, { minLength: 1 }).chain((some) =>
        fc.tuple(
          fc.constant(some),
          fc.shuffledSubarray([...some, ...some], { minLength: some.length }).filter((order) => {
            return some.every((one) => order.includes(one));
          }),
        ),
      ),
      ([some, order]) => {
        const afterAll = (all: readonly Progress[]) =>
          all.reduce<Sends>((part, progress) => report(part, progress, 'one'), sent);
        const end = afterAll(order);
        expect(end.progress).toBe(afterAll(some).progress);
        expect(end.state).toBe('sent');
        expect(hasFailed(end)).toBe(some.includes('failed') && !/delivered|read|played/.test(some.join()));
        expect(end.failures.length).toBeLessThanOrEqual(1);
      },
    ),
  );
});

it('does not apply a status of an earlier send to a later one', () => {
  const resent = taken(takenBack(report(sent, 'failed', 'one')), 'two');
  for (const progress of ['failed', 'sent', 'other'] as const) {
    expect(report(resent, progress, 'one')).toBe(resent);
  }
  expect(hasFailed(report(resent, 'failed', 'two'))).toBe(true);
  expect(hasFailed(report(report(resent, 'delivered', 'one'), 'failed', 'two'))).toBe(false);
});

it('does not take back a part that was delivered', () => {
  const delivered = report(report(sent, 'failed', 'one'), 'delivered', 'one');
  expect(takenBack(delivered)).toBe(delivered);
  expect(report(takenBack(report(sent, 'failed', 'one')), 'read', 'one')).toMatchObject({ state: 'sent' });
});

const reports = fc.constantFrom<Progress>('other', 'sent', 'failed', 'delivered', 'read', 'played');
const states = fc.constantFrom<Sends['state']>('unsent', 'sending', 'sent');
const sends = fc.record({ state: states, failures: fc.constant([]) });

it('needs its turn after a counted failure, unless the turn was given up', () => {
  fc.assert(
    fc.property(sends, fc.array(reports), fc.boolean(), (part, statuses, gaveUp) => {
      let now: Sends = part;
      for (const progress of statuses) {
        const effect = applyStatus(now, { progress }, 'one', { gaveUp });
        expect(effect.settlesSend).toBe(
          now.state === 'sending' && (effect.sends.state === 'sent' || hasFailed(effect.sends)),
        );
        expect(effect.needsTurn).toBe(!gaveUp && hasFailed(effect.sends));
        now = effect.sends;
      }
      expect(needsReopening([now], { gaveUp })).toBe(!gaveUp && hasFailed(now));
    }),
  );
});

it('needs its text until it is delivered, and after a failure as long as it may be sent again', () => {
  fc.assert(
    fc.property(
      fc.option(reports, { nil: undefined }),
      fc.boolean(),
      fc.boolean(),
      (progress, gaveUp, reopened) => {
        const delivered = ['delivered', 'read', 'played'].includes(progress ?? '');
        const isLost = progress === 'failed' && gaveUp && !reopened;
        expect(needsText({ progress }, { gaveUp, reopened })).toBe(!delivered && !isLost);
      },
    ),
  );
});

it('replaces unsent parts by an apology with unused keys', () => {
  const turn = { id: 'turn.1', reopened: false };
  fc.assert(
    fc.property(fc.array(states), fc.array(fc.string()), (before, apology) => {
      const parts = before.map((state, position) => ({ key: partKey(turn.id, position), state }));
      const { kept, dropped, added } = replaceUnsent(parts, { ...turn, nextPosition: parts.length }, apology);
      expect(kept.every(({ state }) => state !== 'unsent')).toBe(true);
      expect(dropped.every(({ state }) => state === 'unsent')).toBe(true);
      expect([...kept, ...dropped].length).toBe(parts.length);
      expect(added.map(({ text }) => text)).toEqual(apology);
      const keys = [...parts, ...added].map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.map(positionOf)).toEqual(keys.map((_, position) => position));
      expect(replaceUnsent(parts, { ...turn, reopened: true, nextPosition: parts.length }, apology)).toEqual({
        kept: parts,
        dropped: [],
        added: [],
      });
    }),
  );
  expect(newParts('turn.1', 2, ['a'])).toEqual([{ key: 'turn.1.2', position: 2, text: 'a' }]);
});

it('gives the price of a part once, when it is known to be delivered, whatever else happens to its sends', () => {
  const pricing = { billable: true, category: 'service', country: 'XX' };
  const status = fc.record({
    progress: fc.constantFrom<Progress[]>('other', 'sent', 'failed', 'delivered', 'read', 'played'),
    id: fc.constantFrom('one', 'two'),
    isPriced: fc.boolean(),
  });
  const step = fc.oneof(
    { weight: 4, arbitrary: status },
    fc.constantFrom('taken' as const, 'sending' as const, 'taken back' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, gaveUp) => {
      let part: Sends = { state: 'sending', failures: [] };
      let prices = 0;
      for (const one of steps) {
        if (one === 'taken') part = taken(part, 'two');
        else if (one === 'sending') part = { ...part, state: 'sending' };
        else if (one === 'taken back') part = takenBack(part);
        else {
          const { progress, id, isPriced } = one;
          const told = { progress, ...(isPriced && { pricing }) };
          const { sends, price } = applyStatus(part, told, id, { gaveUp });
          if (price !== undefined) prices += 1;
          // What a status does besides does not depend on its price.
          expect({ ...sends, priced: false }).toEqual({
            ...afterStatus(part, { progress }, id),
            priced: false,
          });
          part = sends;
        }
      }
      const proved = steps.some(
        (one) => typeof one === 'object' && one.isPriced && /delivered|read|played/.test(one.progress),
      );
      expect(prices).toBe(proved ? 1 : 0);
      expect(part.priced ?? false).toBe(proved);
    }),
  );
});
