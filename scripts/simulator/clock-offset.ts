import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** By how many milliseconds the clocks of a part are ahead (`move-clock.ts`). */
export const CLOCK_VARIABLE = 'DEV_CLOCK_OFFSET_MS';
/** Kept over restarts of the system: its databases have the times of the moved clock. */
export const CLOCK_FILE = 'data/clock.json';

const fileSchema = z.object({ offsetMs: z.int().min(0) });

/** Returns the offset of our own environment. */
export function clockOffsetMs(environment: NodeJS.ProcessEnv): number {
  const text = environment[CLOCK_VARIABLE] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Returns the kept offset: 0 when there is none, and after a sentence when the file cannot be used. */
export function readClockOffset(root: string, say: (sentence: string) => void): number {
  let text: string;
  try {
    text = readFileSync(join(root, CLOCK_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    say(`${CLOCK_FILE} cannot be read, so the clocks are those of this machine: ${error}`);
    return 0;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).offsetMs;
  } catch {
    say(`${CLOCK_FILE} is not {"offsetMs":<milliseconds>}, so the clocks are those of this machine.`);
    return 0;
  }
}

/** Throws Node's error when it cannot be written. */
export function writeClockOffset(root: string, offsetMs: number): void {
  writeFileSync(join(root, CLOCK_FILE), `${JSON.stringify({ offsetMs })}\n`);
}
