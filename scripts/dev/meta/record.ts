/** What was changed at Meta, on disk until it is taken back: a crash leaves it there. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../app/json.ts';
import { CommandError } from '../../errors.ts';

/** A path from the folder of the system. */
const RECORD_FILE = 'data/meta-callback.json';

const address = z.union([z.literal(''), z.url({ protocol: /^https?$/ })]);
const recordSchema = z.strictObject({
  /** The phone number id, and the Graph API that knows it. No token: that is in `.env` or the environment. */
  number: z.string().regex(/^\d{1,32}$/),
  apiUrl: z.url({ protocol: /^https?$/ }),
  /** The callback that was set. */
  callback: address,
  /** The one before; empty: none. */
  before: address,
  /** The process that takes it back, and the port where it shows itself (`presence.ts`). */
  pid: z.int().positive(),
  port: z.int().min(1).max(65_535),
});
export type CallbackRecord = z.infer<typeof recordSchema>;

export function hasRecord(root: string): boolean {
  return existsSync(join(root, RECORD_FILE));
}

/** Returns undefined when there is none. Throws `CommandError` for a file that cannot be used. */
export function readRecord(root: string): CallbackRecord | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, RECORD_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CommandError(
      `${RECORD_FILE} cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  }
  const record = recordSchema.safeParse(parseJson(text));
  if (record.success) return record.data;
  throw new CommandError(
    `${RECORD_FILE} says which callback a former run left at Meta, and is not readable. Look with npm run meta -- override show, correct it with override set or clear, then remove the file.`,
  );
}

/** Survives a crash of the machine from here on. Replaces a former one as a whole. */
export function writeRecord(root: string, record: CallbackRecord): void {
  const path = join(root, RECORD_FILE);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.tmp`, path);
}

/** Idempotent. */
export function removeRecord(root: string): void {
  rmSync(join(root, RECORD_FILE), { force: true });
}
