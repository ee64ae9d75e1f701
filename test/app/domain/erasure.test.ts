import fc from 'fast-check';
import { expect, it } from 'vitest';
import { conversationsToErase } from '#app/domain/identity/erasure.ts';
import { type History, ownerNow } from '#app/domain/identity/history.ts';

const conversations = ['a', 'b', 'c', 'd'];
/** Owners in order of time; the last one may be the current owner. */
const history = fc
  .tuple(fc.array(fc.constantFrom(...conversations), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(
    ([owners, isOwned]): History =>
      owners.map((conversation, index) => ({
        conversation,
        from: index,
        ...((index < owners.length - 1 || !isOwned) && { until: index + 1 }),
      })),
  );
const names = fc.dictionary(fc.constantFrom('phone', 'other', 'user'), history);

function erase(name: string, histories: Readonly<Record<string, History>>) {
  const all = Object.values(histories);
  return conversationsToErase(name, {
    historiesOf: (identity) => (histories[identity] === undefined ? [] : [histories[identity]]),
    historiesWith: (id) =>
      Object.entries(histories)
        .map(([own, history]) => ({ name: own, history }))
        .filter(({ history }) => history.some(({ conversation }) => conversation === id)),
    hasName: (id) => all.some((one) => ownerNow(one) === id),
  });
}

it('erases the last owner of an identity, and no earlier one that has an identity', () => {
  fc.assert(
    fc.property(names, (histories) => {
      const found = erase('phone', histories);
      const own = histories.phone ?? [];
      const last = own.at(-1)?.conversation;
      expect(found.has(last ?? '')).toBe(last !== undefined);
      const named = new Set(Object.values(histories).map(ownerNow));
      for (const { conversation } of own) {
        if (!named.has(conversation)) expect(found).toContain(conversation);
      }
      for (const id of found) {
        const isLastOwner = Object.values(histories).some((one) => one.at(-1)?.conversation === id);
        expect(isLastOwner || !named.has(id)).toBe(true);
      }
    }),
  );
});

it('does not erase an earlier owner who moved to another identity', () => {
  const histories = {
    phone: [
      { conversation: 'a', from: 0, until: 1 },
      { conversation: 'b', from: 1 },
    ],
    other: [{ conversation: 'a', from: 1 }],
  };
  expect([...erase('phone', histories)]).toEqual(['b']);
  expect([...erase('other', histories)]).toEqual(['a']);
});
