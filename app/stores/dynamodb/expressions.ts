import { toRow, type Value } from './attributes.ts';

/** A change of one item. In `when`, `#name` stands for an attribute and `:name` for one of `values`. */
export interface Update {
  /** Attributes with no value stay as they are. */
  readonly set?: Readonly<Record<string, Value | undefined>>;
  readonly add?: Readonly<Record<string, number | ReadonlySet<string>>>;
  readonly remove?: readonly string[];
  readonly when?: string;
  readonly values?: Readonly<Record<string, Value>>;
}

export function toExpression({ set = {}, add = {}, remove = [], when, values = {} }: Update) {
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
  const all = toRow({
    ...Object.fromEntries(setting.map(([name, value]) => [`:new_${name}`, value])),
    ...Object.fromEntries(adding.map(([name, value]) => [`:add_${name}`, value])),
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
  });
  return {
    UpdateExpression: expression.trim(),
    ...(when !== undefined && { ConditionExpression: when }),
    ...namesIn([expression, when]),
    ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: all }),
  };
}

/** Every attribute goes by a placeholder, since hundreds of plain words are reserved. */
export function namesIn(expressions: readonly (string | undefined)[]) {
  const names = expressions.flatMap((expression) => expression?.match(/#\w+/g) ?? []);
  if (names.length === 0) return {};
  return { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])) };
}

function clause(word: string, terms: readonly string[]): string {
  return terms.length === 0 ? '' : `${word} ${terms.join(', ')}`;
}
