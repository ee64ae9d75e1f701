/**
 * What AWS is asked for by `pulumi up`, `refresh` and `destroy` of a stack: recordings beside this file, one call a
 * line, made by the suite `test/engines/rights.test.ts` from what the provider calls. The deploy roles are held
 * against them by the tests, and by `npm run doctor` in the account itself.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export const RECORDINGS_FOLDER = join(import.meta.dirname, 'recorded');

/** The commands of Pulumi whose calls are recorded; `again` is an `up` without a change, `compare` the look at drift. */
export const PHASES = ['up', 'again', 'change', 'preview', 'refresh', 'compare', 'destroy'] as const;

const entry = z.object({
  action: z.string(),
  /** An ARN in account 123456789012, with `{…}` where many are alike; `*` where AWS has no resource. */
  resource: z.string(),
  /** What conditions of policies look at, by condition key. */
  context: z.record(z.string(), z.string()).default({}),
  /** The commands that make it. */
  in: z.array(z.enum(PHASES)),
  /** Where it is known from, when no emulator made it. */
  source: z.string().optional(),
});

export type Entry = z.infer<typeof entry>;

const header = z.object({ types: z.array(z.string()) });

export interface RecordedCalls {
  /** The types of the resources that the stack had: what is not among them was not recorded. */
  readonly types: readonly string[];
  readonly calls: readonly Entry[];
}

/** Throws when this was never recorded, or the file is damaged. */
export function recordedCalls(name: string): RecordedCalls {
  const text = readFileSync(join(RECORDINGS_FOLDER, `${name}.jsonl`), 'utf8');
  const [first = '{}', ...rest] = text.trim().split('\n');
  return {
    types: header.parse(JSON.parse(first)).types,
    calls: rest.map((line) => entry.parse(JSON.parse(line))),
  };
}

/** The text of such a file. */
export function recordingText({ types, calls }: RecordedCalls): string {
  return [{ types }, ...calls].map((line) => `${JSON.stringify(line)}\n`).join('');
}
