/** Where progress is written; `process.stderr` is one. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** Shows what is being done now. */
  show(text: string): void;
  /** Clears the line, before anything else is printed. */
  end(): void;
}

/**
 * Returns the progress of a long run: one line that is written again and again on a terminal, a line for each step
 * elsewhere. Dim on a terminal, unless NO_COLOR is set (https://no-color.org).
 */
export function createProgress(
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): Progress {
  if (output.isTTY !== true) return { show: (text) => void output.write(`${text}\n`), end() {} };
  const isPlain = environment.NO_COLOR !== undefined && environment.NO_COLOR !== '';
  const startedAt = performance.now();
  return {
    show(text) {
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      const line = `${seconds} s  ${text}`.slice(0, (output.columns ?? 80) - 1);
      output.write(`\r\u001b[K${isPlain ? line : `\u001b[2m${line}\u001b[22m`}`);
    },
    end: () => void output.write('\r\u001b[K'),
  };
}
