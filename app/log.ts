/**
 * One line of JSON for each event, without personal data: only the fields listed here are logged, and phone numbers,
 * tokens and message ids are redacted from their texts.
 */
import { hash } from 'node:crypto';
import loglevel from 'loglevel';
import { errorFields, redact } from './log/redact.ts';
import { toStandardOutput } from './log/standard-output.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/**
 * `hash`: created here, free of personal data, logged unchanged. `word`: a text of a platform or of this program,
 * redacted. The text of a message has no field and must not get one.
 */
const FIELDS = {
  who: 'hash',
  /** The id of a business, which is ours or that of its document: its digits may look like a phone number. */
  business: 'hash',
  path: 'word',
  method: 'word',
  outcome: 'word',
  reason: 'word',
  /** The condition that requires operator action; the alarms in AWS match this field. */
  alarm: 'word',
  what: 'word',
  detail: 'word',
  code: 'word',
  step: 'word',
  /** A message of a person, hashed as `who` is. */
  message: 'hash',
  turn: 'hash',
  /** Position of a part, from 0. */
  part: 'number',
  /** The platform's id of a part, hashed as `who` is. */
  sent: 'hash',
  name: 'word',
  variable: 'word',
  url: 'word',
  /** The address that a socket is bound to: of this machine, never of a peer. */
  address: 'hash',
  version: 'word',
  deployment: 'word',
  assistant: 'word',
  store: 'word',
  queue: 'word',
  businesses: 'word',
  status: 'number',
  ms: 'number',
  waitedMs: 'number',
  attempt: 'number',
  parts: 'number',
  count: 'number',
  bytes: 'number',
  messages: 'number',
  statuses: 'number',
  notices: 'number',
  stored: 'number',
  known: 'number',
  foreign: 'number',
  texts: 'number',
  rows: 'number',
} as const satisfies Record<string, keyof FieldTypes>;

const KINDS = Object.entries(FIELDS);

interface FieldTypes {
  hash: string;
  word: string;
  number: number;
}

/** The fields of an event. `error` is anything that was thrown. */
export type Fields = {
  readonly [Name in keyof typeof FIELDS]?: FieldTypes[(typeof FIELDS)[Name]] | undefined;
} & {
  readonly error?: unknown;
};

/** `event` is a short constant sentence, never built from data. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

export interface LogOptions {
  readonly level: Level | 'silent';
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Writes one line, even if the process exits at once. Default: standard output. */
  readonly write?: (line: string) => void;
}

/** Returns a log that never throws: a line that cannot be written is dropped. */
export function createLog({ level, now, write = toStandardOutput }: LogOptions): Log {
  // A symbol for a name: loglevel shares loggers of the same name in a process.
  const logger = loglevel.getLogger(Symbol('ansari-whatsapp'));
  logger.methodFactory =
    (method) =>
    (event: string, fields: Fields = {}) =>
      write(`${lineOf(now(), method, event, fields)}\n`);
  logger.setLevel(level, false);
  return {
    debug: (event, fields) => logger.debug(event, fields),
    info: (event, fields) => logger.info(event, fields),
    warn: (event, fields) => logger.warn(event, fields),
    error: (event, fields) => logger.error(event, fields),
  };
}

/**
 * Returns a function that hashes a person, a number or a conversation for the log: 12 hexadecimal digits of a keyed hash,
 * since plain hashes of phone numbers can be reversed by trying all numbers.
 */
export function createPersonHasher(key: Buffer): (identity: string) => string {
  const [inner, outer] = [paddedKey(key, 0x36), paddedKey(key, 0x5c)];
  // Node takes six times as long for an `Hmac` object, and a delivery waits for some of these.
  const sha256 = (padded: Buffer, data: Buffer) => hash('sha256', Buffer.concat([padded, data]), 'buffer');
  return (identity) => sha256(outer, sha256(inner, Buffer.from(identity))).toString('hex', 0, 6);
}

/** A key of at most one block of SHA-256, as HMAC begins its two hashes with it (RFC 2104, section 2). */
function paddedKey(key: Buffer, byte: number): Buffer {
  const padded = Buffer.alloc(64, byte);
  for (const [index, value] of key.entries()) padded.writeUInt8(value ^ byte, index);
  return padded;
}

function lineOf(now: number, level: string, event: string, fields: Fields): string {
  const line: Record<string, unknown> = { time: new Date(now).toISOString(), level, event };
  for (const [name, kind] of KINDS) {
    const value: unknown = Object.hasOwn(fields, name) ? Reflect.get(fields, name) : undefined;
    if (kind === 'number' && Number.isFinite(value)) line[name] = value;
    else if (typeof value === 'string' && kind === 'hash') line[name] = value.slice(0, 64);
    else if (typeof value === 'string' && kind === 'word') line[name] = redact(value);
  }
  if (fields.error !== undefined) line.error = errorFields(fields.error);
  return JSON.stringify(line);
}
