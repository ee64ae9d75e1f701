import type { ChildProcess } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The terminal and npm forward the same Ctrl-C: signals within this time count as one. */
const ONE_SIGNAL_MS = 500;

export interface Signals {
  /** Returns true once a signal was received. */
  wasReceived(): boolean;
  /** Restores the default handling. */
  restore(): void;
}

/**
 * Forwards signals to a child program while it runs: Pulumi then finishes the resources in progress and releases its lock.
 * At a second signal Pulumi aborts.
 */
export function forwardSignals(name: string, program: ChildProcess): Signals {
  let last: number | undefined;
  const forward = () => {
    const now = performance.now();
    if (last !== undefined && now - last < ONE_SIGNAL_MS) return;
    const message =
      last === undefined
        ? 'is asked to stop and finishes what is in progress; press again to abort'
        : 'is aborted';
    process.stderr.write(`\n${name} ${message}\n`);
    last = now;
    program.kill('SIGINT');
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  return {
    wasReceived: () => last !== undefined,
    restore: () => {
      for (const signal of SIGNALS) process.off(signal, forward);
    },
  };
}
