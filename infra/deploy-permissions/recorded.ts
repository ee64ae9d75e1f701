/**
 * The AWS calls of `pulumi up`, `refresh` and `destroy` of a stack. `test/engines/rights.test.ts` records what the
 * provider calls, one call a line, in the folder `recorded`. The tests compare the policies of the deploy roles with the
 * recordings; `npm run doctor` does the same in the account itself.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export const RECORDINGS_FOLDER = join(import.meta.dirname, 'recorded');

/** The commands whose calls are recorded; `again` is an `up` without a change, `compare` is `npm run drift`. */
export const PHASES = ['up', 'again', 'change', 'preview', 'refresh', 'compare', 'destroy'] as const;

const entry = z.object({
  action: z.string(),
  /** An ARN in account 123456789012, with `{…}` for a part that varies; `*` for an action without a resource type. */
  resource: z.string(),
  /** The values of condition keys. */
  context: z.record(z.string(), z.string()).default({}),
  /** The commands that make this call. */
  in: z.array(z.enum(PHASES)),
  /** The documentation of a call that no emulator supports. */
  source: z.string().optional(),
});

export type RecordedCall = z.infer<typeof entry>;

const header = z.object({ types: z.array(z.string()) });

export interface RecordedCalls {
  /** The types of the resources in the recorded stack. Calls of other types were not recorded. */
  readonly types: readonly string[];
  readonly calls: readonly RecordedCall[];
}

/** Returns the recorded calls of a stack. Throws when there is no recording, or when its file is invalid. */
export function recordedCalls(name: string): RecordedCalls {
  const text = readFileSync(join(RECORDINGS_FOLDER, `${name}.jsonl`), 'utf8');
  const [first = '{}', ...rest] = text.trim().split('\n');
  return {
    types: header.parse(JSON.parse(first)).types,
    calls: rest.map((line) => entry.parse(JSON.parse(line))),
  };
}

/** Returns the content of a recording's file. */
export function recordingText({ types, calls }: RecordedCalls): string {
  return [{ types }, ...calls].map((line) => `${JSON.stringify(line)}\n`).join('');
}
