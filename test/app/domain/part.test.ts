import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Progress } from '../../../app/domain/message.ts';
import { hasFailed, heard, type Sends, taken, takenBack } from '../../../app/domain/part.ts';

const sent: Sends = { state: 'sent', platformId: 'one', failures: [] };
const tell = (part: Sends, progress: Progress, id: string) =>
  heard(part, { progress, ...(progress === 'failed' && { code: '131000' }) }, id);

it('ends alike whatever the order and number of the statuses of one send', () => {
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
        const told = (all: readonly Progress[]) =>
          all.reduce<Sends>((part, progress) => tell(part, progress, 'one'), sent);
        const end = told(order);
        expect(end.progress).toBe(told(some).progress);
        expect(end.state).toBe('sent');
        expect(hasFailed(end)).toBe(some.includes('failed') && !/delivered|read|played/.test(some.join()));
        expect(end.failures.length).toBeLessThanOrEqual(1);
      },
    ),
  );
});

it('does not take what an earlier send did for what a later one did', () => {
  const resent = taken(takenBack(tell(sent, 'failed', 'one')), 'two');
  for (const progress of ['failed', 'sent', 'other'] as const) {
    expect(tell(resent, progress, 'one')).toBe(resent);
  }
  expect(hasFailed(tell(resent, 'failed', 'two'))).toBe(true);
  expect(hasFailed(tell(tell(resent, 'delivered', 'one'), 'failed', 'two'))).toBe(false);
});

it('takes back nothing that has arrived', () => {
  const arrived = tell(tell(sent, 'failed', 'one'), 'delivered', 'one');
  expect(takenBack(arrived)).toBe(arrived);
  expect(tell(takenBack(tell(sent, 'failed', 'one')), 'read', 'one')).toMatchObject({ state: 'sent' });
});
