import { describe, expect, it } from 'vitest';
import { TABLES, type TableShape } from '#app/aws/tables.ts';
import type { Values } from '#infra/cli/plan/values.ts';
import { at, ENVIRONMENTS, ofType, one } from './graph.ts';

/** What each program finds its table by, and the shape that it relies on. */
const USES: readonly [resource: string, parameter: string, shape: TableShape][] = [
  ['conversations', 'conversations-table', TABLES.conversations],
  ['stage', 'conversations-stage-table', TABLES.stage],
  ['trigger-lock', 'conversations-trigger-lock-table', TABLES.triggerLock],
];

describe.each(ENVIRONMENTS)('the tables of the application: %s', (name) => {
  it.each(USES)(
    '%s has the keys, the index and the time to live that the store relies on',
    (table, _, shape) => {
      expect(shapeOf(one(name, 'aws:dynamodb/table:Table', table).inputs)).toEqual(shape);
    },
  );

  it.each(USES)('%s is the table in %s', (table, parameter) => {
    const { inputs } = one(name, 'aws:ssm/parameter:Parameter', parameter);
    expect(inputs.insecureValue).toBe(one(name, 'aws:dynamodb/table:Table', table).inputs.name);
  });

  it('are the only ones', () => {
    expect(ofType(name, 'aws:dynamodb/table:Table')).toHaveLength(Object.keys(TABLES).length);
  });
});

/** Returns the inputs of a table in the form of the application's table definitions. */
function shapeOf(inputs: Values): unknown {
  const { hashKey, rangeKey, attributes, globalSecondaryIndexes = [], ttl } = inputs;
  return {
    hashKey,
    ...(rangeKey !== undefined && { rangeKey }),
    attributes: Object.fromEntries(
      listOf(attributes).map((attribute) => [String(at(attribute, 'name')), at(attribute, 'type')]),
    ),
    indexes: listOf(globalSecondaryIndexes).map((index) => ({
      name: at(index, 'name'),
      hashKey: at(index, 'hashKey'),
      rangeKey: at(index, 'rangeKey'),
      shows: shownBy(index),
    })),
    ttlAttribute: at(ttl, 'enabled') === true && at(ttl, 'attributeName'),
  };
}

function shownBy(index: unknown): unknown {
  const kind = at(index, 'projectionType');
  if (kind === 'KEYS_ONLY') return [];
  return kind === 'INCLUDE' ? at(index, 'nonKeyAttributes') : kind;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('this is no list');
  return value;
}
