import { writeSync } from 'node:fs';

/**
 * Writes a line to standard output before it returns, so that the last one before an exit is not lost: `process.stdout`
 * keeps in memory what a full pipe does not take. Where the reader is slow, up to 10,000 lines wait here, and for at most
 * a second at the exit; where nobody reads any more, they go nowhere.
 */
export function toStandardOutput(line: string): void {
  if (waiting.length >= MAX_WAITING) return;
  waiting.push(Buffer.from(line));
  flush();
}

const STANDARD_OUTPUT = 1;
const MAX_WAITING = 10_000;
const RETRY_MS = 10;
const RETRIES_AT_EXIT = 100;

const waiting: Buffer[] = [];
let retrying = false;

function flush(): void {
  while (waiting.length > 0) {
    if (!writeFirst()) {
      if (!retrying) setTimeout(again, RETRY_MS).unref();
      retrying = true;
      return;
    }
  }
}

function again(): void {
  retrying = false;
  flush();
}

/** False when the pipe is full. */
function writeFirst(): boolean {
  const [first] = waiting;
  if (first === undefined) return true;
  try {
    const written = writeSync(STANDARD_OUTPUT, first);
    if (written < first.length) waiting[0] = first.subarray(written);
    else waiting.shift();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return false;
    waiting.length = 0;
    return true;
  }
}

process.on('exit', () => {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let left = RETRIES_AT_EXIT; waiting.length > 0 && left > 0; left -= 1) {
    flush();
    if (waiting.length > 0) Atomics.wait(sleeper, 0, 0, RETRY_MS);
  }
});
