import { MongoError, MongoNetworkError, MongoServerError } from 'mongodb';
import { expect, it } from 'vitest';
import { duplicateKeyOf, mongoSentence } from '#scripts/businesses/mongo-errors.ts';

const SECRET = 'a-password';
const server = (fields: object) => new MongoServerError({ message: `refused ${SECRET}`, ...fields });

it.each([
  ['away', new MongoNetworkError(`connect ECONNREFUSED ${SECRET}`), 'MongoDB cannot be reached'],
  [
    'of an unknown host',
    Object.assign(new Error(SECRET), { syscall: 'querySrv' }),
    'MongoDB cannot be reached',
  ],
  ['of a refused password', server({ code: 18 }), 'refused the user or the password'],
  ['of a refused password, at Atlas', server({ code: 8000 }), 'refused the user or the password'],
  ['of a missing permission', server({ code: 13 }), 'give it readWrite'],
  ['of a unique index', server({ code: 11_000, keyPattern: { subDomain: 1 } }), 'has the same subDomain'],
  ['of anything else', server({ code: 28, codeName: 'PathNotViable' }), 'refused the call: PathNotViable'],
  ['of the driver', new MongoError(SECRET), 'The call to MongoDB failed'],
])('a server %s is a sentence without secrets', (_, error, words) => {
  expect(mongoSentence(error)).toContain(words);
  expect(mongoSentence(error)).not.toContain(SECRET);
});

it('leaves other errors to others', () => {
  expect(mongoSentence(new TypeError('x'))).toBeUndefined();
  expect(duplicateKeyOf(server({ code: 13 }))).toBeUndefined();
  const index = server({ code: 11_000, message: 'E11000 duplicate key error index: subDomain_1 dup key' });
  expect(duplicateKeyOf(index)).toBe('subDomain_1');
});
