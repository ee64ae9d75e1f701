import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const lineSchema = z.record(z.string(), z.unknown());
type Line = z.infer<typeof lineSchema>;

export interface Program {
  /** What it printed so far, one JSON object a line. */
  readonly lines: readonly Line[];
  /** Resolves with the first line that fits, printed before or later. Rejects when the program ends without one. */
  until(fits: (line: Line) => boolean): Promise<Line>;
  /** Resolves with the exit code and what it said on stderr. */
  readonly ended: Promise<readonly [number | null, string]>;
}

/** Starts one of the Python programs beside this file; it ends with the test. */
export function startProgram(python: string, file: string, args: readonly string[]): Program {
  const child = spawn(python, [join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // No __pycache__ in the tree.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const lines: Line[] = [];
  const news = new EventEmitter<{ line: [] }>();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const output = createInterface(child.stdout);
  output.on('line', (text) => {
    lines.push(lineSchema.parse(JSON.parse(text)));
    news.emit('line');
  });
  let over = false;
  const ended = Promise.all([once(child, 'exit'), once(output, 'close')]).then(([[code]]) => {
    over = true;
    news.emit('line');
    return [z.number().nullable().parse(code), complaints] as const;
  });
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return {
    lines,
    ended,
    async until(fits) {
      for (;;) {
        const found = lines.find(fits);
        if (found) return found;
        if (over) throw new Error(`${file} ended: ${complaints}`);
        await once(news, 'line');
      }
    },
  };
}
