import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../app/json.ts';
import { BadRequest, Impossible } from '../bad-request.ts';
import { type Recording, recordingSchema } from './format.ts';

export const recordingName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name has 1 to 64 of a-z, 0-9 and -');

/** A folder with a file for each recorded chat. */
export interface RecordingFiles {
  /** By name. */
  list(): readonly string[];
  /** Returns undefined when there is none. Throws `BadRequest` when the file cannot be read. */
  read(name: string): Recording | undefined;
  /** Throws `Impossible` when there is one of this name, unless it is to be replaced. */
  write(name: string, recording: Recording, replace: boolean): void;
}

export function recordingFiles(folder: string): RecordingFiles {
  const pathOf = (name: string): string => join(folder, `${recordingName.parse(name)}.json`);
  return {
    list() {
      if (!existsSync(folder)) return [];
      const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
      return files.map((file) => file.slice(0, -'.json'.length)).sort();
    },
    read(name) {
      const path = pathOf(name);
      if (!existsSync(path)) return undefined;
      const parsed = recordingSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
      if (parsed.success) return parsed.data;
      throw new BadRequest(`${name}.json is no recorded chat: ${z.prettifyError(parsed.error)}`);
    },
    write(name, recording, replace) {
      mkdirSync(folder, { recursive: true });
      try {
        writeFileSync(pathOf(name), `${JSON.stringify(recording, undefined, 2)}\n`, {
          flag: replace ? 'w' : 'wx',
        });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        throw new Impossible(`There is a recorded chat ${name} already: choose another name, or replace it.`);
      }
    },
  };
}
