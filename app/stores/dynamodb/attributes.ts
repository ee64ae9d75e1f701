import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB shows it. */
export type Row = Readonly<Record<string, AttributeValue>>;

/** What we keep in attributes. A set never is empty; an empty list may be. */
export type Value = string | number | boolean | readonly (string | number)[] | ReadonlySet<string>;

function toAttribute(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Set) return { SS: [...value] };
  return { L: [...value].map(toAttribute) };
}

export function toRow(values: Readonly<Record<string, Value | undefined>>): Record<string, AttributeValue> {
  const row: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) row[name] = toAttribute(value);
  return row;
}

export function optionalText(row: Row, name: string): string | undefined {
  return row[name]?.S;
}

export function text(row: Row, name: string): string {
  return row[name]?.S ?? missing(name);
}

export function optionalNumber(row: Row, name: string): number | undefined {
  const digits = row[name]?.N;
  return digits === undefined ? undefined : Number(digits);
}

export function number(row: Row, name: string): number {
  return optionalNumber(row, name) ?? missing(name);
}

export function optionalFlag(row: Row, name: string): boolean | undefined {
  return row[name]?.BOOL;
}

/** Of a list or a set; empty when there is none. */
export function texts(row: Row, name: string): string[] {
  const value = row[name];
  return value?.SS ?? (value?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S]));
}

export function optionalNumbers(row: Row, name: string): number[] | undefined {
  return row[name]?.L?.flatMap(({ N }) => (N === undefined ? [] : [Number(N)]));
}

function missing(name: string): never {
  throw new Error(`an item of ours has no ${name}: it was written by something else`);
}
