import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const lineSchema = z.record(z.string(), z.unknown());
type Line = z.infer<typeof lineSchema>;

export interface Program {
  /** The output so far: one JSON object per line. */
  readonly lines: readonly Line[];
  /** Resolves to the first matching line, past or future. Rejects when the program exits without one. */
  until(matches: (line: Line) => boolean): Promise<Line>;
  /** Resolves to the exit code and the output on stderr. */
  readonly ended: Promise<readonly [number | null, string]>;
}

/** Starts one of the Python programs beside this file. It is stopped after the test. */
export function startProgram(python: string, file: string, args: readonly string[]): Program {
  const child = spawn(python, [join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Prevents __pycache__ in the repository.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const lines: Line[] = [];
  const events = new EventEmitter<{ line: [] }>();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const output = createInterface(child.stdout);
  output.on('line', (text) => {
    lines.push(lineSchema.parse(JSON.parse(text)));
    events.emit('line');
  });
  let hasExited = false;
  const ended = Promise.all([once(child, 'exit'), once(output, 'close')]).then(([[code]]) => {
    hasExited = true;
    events.emit('line');
    return [z.number().nullable().parse(code), errors] as const;
  });
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return {
    lines,
    ended,
    async until(matches) {
      for (;;) {
        const found = lines.find(matches);
        if (found) return found;
        if (hasExited) throw new Error(`${file} exited: ${errors}`);
        await once(events, 'line');
      }
    },
  };
}
