import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_TURN_MESSAGES } from '#app/domain/retention.ts';
import { takeForTurn } from '#app/domain/turn.ts';
import { message } from '../../fakes/messages.ts';

const waiting = fc
  .array(fc.integer({ min: 0, max: 20 }), { maxLength: 3 * MAX_TURN_MESSAGES })
  .map((times) => times.map((sentAt, arrival) => ({ arrival, message: message(`m${arrival}`, { sentAt }) })));

it('takes messages by platform time, then arrival, in whatever order they are found', () => {
  fc.assert(
    fc.property(
      waiting.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, found]) => {
        const { taken, left, newestAt } = takeForTurn(found);
        const order = [...taken, ...left].map(({ arrival, message: { sentAt } }) => sentAt * 1_000 + arrival);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(order.length).toBe(all.length);
        expect(taken.length).toBe(Math.min(all.length, MAX_TURN_MESSAGES));
        expect(newestAt).toBe(Math.max(0, ...taken.map(({ message: { sentAt } }) => sentAt)));
      },
    ),
  );
});
