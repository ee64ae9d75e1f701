import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js';

/** What travels between a program and the engine. */
export type Value = JavaScriptValue;
export type Values = { readonly [key: string]: Value };

/** Pulumi's wire values. A secret is an object with this key and signature (Pulumi SDK, `runtime/rpc`). */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** Stands for a secret's value wherever inputs are shown or compared. */
const HIDDEN = '[secret]';

/** The value with `[secret]` in the place of each secret, and `[archive path]` in that of each file. */
export function visible(value: Value): Value {
  if (Array.isArray(value)) return value.map(visible);
  if (!isRecord(value)) return value;
  if (isSecret(value)) return HIDDEN;
  const signature = value[SIGNATURE];
  if (signature !== undefined) return `[archive ${value.path}]`;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visible(inner)]));
}

export function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether this stands for a secret, on the wire or in a state. */
export function isSecret(value: Values): boolean {
  return value[SIGNATURE] === SECRET;
}
