import { writeSync } from 'node:fs';

/**
 * Writes a line to standard output synchronously, so that the last line before an exit is not lost: `process.stdout`
 * buffers in memory what a full pipe does not take. For a slow reader up to 10,000 lines are buffered, and written for at
 * most a second at exit. Once the pipe is broken, lines are dropped.
 */
export function toStandardOutput(line: string): void {
  if (buffered.length >= MAX_BUFFERED) return;
  buffered.push(Buffer.from(line));
  flush();
}

const STANDARD_OUTPUT = 1;
const MAX_BUFFERED = 10_000;
const RETRY_MS = 10;
const RETRIES_AT_EXIT = 100;

const buffered: Buffer[] = [];
let retrying = false;

function flush(): void {
  while (buffered.length > 0) {
    if (!writeFirst()) {
      if (!retrying) setTimeout(retry, RETRY_MS).unref();
      retrying = true;
      return;
    }
  }
}

function retry(): void {
  retrying = false;
  flush();
}

/** Returns false when the pipe is full. */
function writeFirst(): boolean {
  const [first] = buffered;
  if (first === undefined) return true;
  try {
    const written = writeSync(STANDARD_OUTPUT, first);
    if (written < first.length) buffered[0] = first.subarray(written);
    else buffered.shift();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return false;
    buffered.length = 0;
    return true;
  }
}

process.on('exit', () => {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let left = RETRIES_AT_EXIT; buffered.length > 0 && left > 0; left -= 1) {
    flush();
    if (buffered.length > 0) Atomics.wait(sleeper, 0, 0, RETRY_MS);
  }
});
