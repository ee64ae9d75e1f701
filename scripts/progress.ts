import { styleText } from 'node:util';

/** What a long command is doing: one line that changes on a terminal, plain lines now and then elsewhere. */
export interface Progress {
  /** Shows what is being done now. */
  show(text: string): void;
  /** Takes the line away, so that something else can be printed. */
  clear(): void;
}

interface ProgressOptions {
  /** Standard error by default: the result of a command is on the standard output. */
  readonly stream?: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
  readonly now?: () => number;
  /** How often a line is printed where there is no terminal. */
  readonly everyMs?: number;
}

const EVERY_MS = 15_000;
/** Moves to the start of the line and erases it (ECMA-48, "EL"). */
const ERASE = '\r\x1b[2K';

export function createProgress(options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, now = Date.now, everyMs = EVERY_MS } = options;
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;

  function show(text: string): void {
    if (stream.isTTY) {
      const line = text.slice(0, (stream.columns || 80) - 1);
      stream.write(ERASE + (process.env.NO_COLOR ? line : styleText('dim', line, { validateStream: false })));
      isShown = true;
    } else if (now() - shownAt >= everyMs) {
      shownAt = now();
      stream.write(`${text}\n`);
    }
  }

  function clear(): void {
    if (isShown) stream.write(ERASE);
    isShown = false;
  }

  return { show, clear };
}

/** A command that is silent for longer looks as if it hung. */
const SILENT_MS = 5_000;

/**
 * Runs a task that prints nothing, and shows its name with the seconds it has taken: at once on a terminal, elsewhere after
 * five seconds and then every fifteen. Resolves or rejects as the task does.
 */
export async function withProgress<Result>(
  name: string,
  task: () => Promise<Result>,
  options: ProgressOptions = {},
): Promise<Result> {
  const { stream = process.stderr, now = Date.now } = options;
  const progress = createProgress(options);
  const startedAt = now();
  const tick = () => {
    const ms = now() - startedAt;
    if (stream.isTTY || ms >= SILENT_MS) progress.show(`${name} ... ${Math.round(ms / 1_000)} s`);
  };
  if (stream.isTTY) tick();
  const timer = setInterval(tick, 1_000);
  try {
    return await task();
  } finally {
    clearInterval(timer);
    progress.clear();
  }
}
