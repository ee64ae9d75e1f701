import { ObjectId, Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { changeOf } from '#app/businesses/mongodb/changes.ts';

/** The documents of the MongoDB manual, "Change Events", with the fields of a business. */
const ID = new ObjectId('599af247bb69cd89961c986d');
const common = {
  _id: { _data: '82629A0C8B000000012B022C0100296E5A1004' },
  clusterTime: new Timestamp({ t: 1_654_327_435, i: 1 }),
  wallTime: new Date('2026-05-03T19:07:43.155Z'),
  ns: { db: 'engineering', coll: 'businesses' },
};
const numbers = (...list: unknown[]) => ({ whatsappPhoneNumberIds: list });

describe('a change of a document', () => {
  it.each([
    [
      'insert',
      { operationType: 'insert', documentKey: { _id: ID }, fullDocument: numbers('11', '22') },
      ['11', '22'],
    ],
    ['replace', { operationType: 'replace', documentKey: { _id: ID }, fullDocument: numbers('11') }, ['11']],
    [
      'update, with the document of after it',
      {
        operationType: 'update',
        documentKey: { _id: ID },
        updateDescription: { updatedFields: numbers('22'), removedFields: ['name'], truncatedArrays: [] },
        fullDocument: numbers('22', '33'),
      },
      ['22', '33'],
    ],
    [
      'update of a document that was deleted since',
      {
        operationType: 'update',
        documentKey: { _id: ID },
        updateDescription: { updatedFields: numbers('22') },
        fullDocument: null,
      },
      ['22'],
    ],
    [
      'update of other fields',
      { operationType: 'update', documentKey: { _id: ID }, updateDescription: { updatedFields: {} } },
      [],
    ],
    ['delete', { operationType: 'delete', documentKey: { _id: ID } }, []],
    [
      'delete in a collection with pre-images',
      { operationType: 'delete', documentKey: { _id: ID }, fullDocumentBeforeChange: numbers('44') },
      ['44'],
    ],
    [
      'insert of a document with a wrong field',
      { operationType: 'insert', documentKey: { _id: ID }, fullDocument: numbers(55, null, '11') },
      ['11'],
    ],
    [
      'insert of a document with one number in the place of a list',
      { operationType: 'insert', documentKey: { _id: ID }, fullDocument: { whatsappPhoneNumberIds: '11' } },
      ['11'],
    ],
  ])('%s', (_, event, expected) => {
    expect(changeOf({ ...common, ...event })).toEqual({
      ...{ kind: 'business', id: '599af247bb69cd89961c986d', numbers: expected },
    });
  });

  it('has the id of a document whose _id is text, or none when it cannot be used', () => {
    const id = (_id: unknown) => changeOf({ ...common, operationType: 'delete', documentKey: { _id } });
    expect(id('shop-1')).toMatchObject({ kind: 'business', id: 'shop-1' });
    expect(id(17)).toEqual({ kind: 'business', id: undefined, numbers: [] });
  });
});

describe('every other event changes everything', () => {
  it.each([
    ['drop', { operationType: 'drop' }],
    ['rename', { operationType: 'rename', to: { db: 'engineering', coll: 'firms' } }],
    ['dropDatabase', { operationType: 'dropDatabase' }],
    ['invalidate', { operationType: 'invalidate' }],
    ['one of a later version', { operationType: 'refineCollectionShardKey' }],
    ['one without the key of its document', { operationType: 'update' }],
  ])('%s', (_, event) => {
    expect(changeOf({ ...common, ...event })).toEqual({ kind: 'all' });
  });

  it.each([null, 'text', [], 7])('%j', (event) => {
    expect(changeOf(event)).toEqual({ kind: 'all' });
  });
});
