import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export type Key = Readonly<Record<string, string>>;

/** An item as it was read, before a schema parses it. */
export type Item = Readonly<Record<string, unknown>>;

/** A value of an attribute. A set is never empty (DynamoDB rejects it); a list may be. */
type Value = string | number | boolean | readonly (string | number)[] | ReadonlySet<string>;

/** Undefined attributes are left out. */
export type Values = Readonly<Record<string, Value | undefined>>;

/** In `when`, `#name` stands for an attribute and `:name` for a value. */
export interface Condition {
  readonly when: string;
  readonly values?: Values;
}

/** A change of one item. */
export interface Update extends Partial<Condition> {
  /** Undefined attributes stay unchanged. */
  readonly set?: Values;
  readonly add?: Readonly<Record<string, number | ReadonlySet<string>>>;
  readonly remove?: readonly string[];
}

export function toAttributes(values: Values): Record<string, AttributeValue> {
  return marshall(values, { removeUndefinedValues: true });
}

export function toItem(attributes: Record<string, AttributeValue>): Item {
  return unmarshall(attributes);
}

export function toUpdate({ set = {}, add = {}, remove = [], when, values = {} }: Update) {
  const setting = Object.entries(set).filter(([, value]) => value !== undefined);
  const adding = Object.entries(add);
  const expression = [
    clause(
      'SET',
      setting.map(([name]) => `#${name} = :new_${name}`),
    ),
    clause(
      'ADD',
      adding.map(([name]) => `#${name} :add_${name}`),
    ),
    clause(
      'REMOVE',
      remove.map((name) => `#${name}`),
    ),
  ].join(' ');
  return {
    UpdateExpression: expression.trim(),
    ...(when !== undefined && { ConditionExpression: when }),
    ...namesIn([expression, when]),
    ...valuesOf({
      ...Object.fromEntries(setting.map(([name, value]) => [`new_${name}`, value])),
      ...Object.fromEntries(adding.map(([name, value]) => [`add_${name}`, value])),
      ...values,
    }),
  };
}

export function toCondition(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const { when, values = {} } = condition;
  return { ConditionExpression: when, ...namesIn([when]), ...valuesOf(values) };
}

/** Every attribute name gets a placeholder: DynamoDB reserves hundreds of common words. */
export function namesIn(expressions: readonly (string | undefined)[]) {
  const names = expressions.flatMap((expression) => expression?.match(/#\w+/g) ?? []);
  if (names.length === 0) return {};
  return { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])) };
}

export function valuesOf(values: Values) {
  const named = Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
  const ExpressionAttributeValues = toAttributes(named);
  return Object.keys(ExpressionAttributeValues).length > 0 ? { ExpressionAttributeValues } : {};
}

function clause(word: string, terms: readonly string[]): string {
  return terms.length === 0 ? '' : `${word} ${terms.join(', ')}`;
}
