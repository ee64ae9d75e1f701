import type { ChildProcess } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The terminal and npm hand on the same Ctrl-C: what comes within this time is one. */
const ONE_SIGNAL_MS = 500;

export interface Signals {
  /** Whether one came. */
  came(): boolean;
  /** From here on they mean what they always do. */
  end(): void;
}

/**
 * While a program works, whoever wants to stop us stops it first: Pulumi ends the resources that it has begun and gives
 * its lock back, where a killed one leaves both. A second signal is handed on too; Pulumi breaks off then.
 */
export function forwardSignals(name: string, program: ChildProcess): Signals {
  let last: number | undefined;
  const handOn = () => {
    const now = performance.now();
    if (last !== undefined && now - last < ONE_SIGNAL_MS) return;
    const message =
      last === undefined
        ? 'is asked to stop and ends what it has begun; once more breaks it off'
        : 'is broken off';
    process.stderr.write(`\n${name} ${message}\n`);
    last = now;
    program.kill('SIGINT');
  };
  for (const signal of SIGNALS) process.on(signal, handOn);
  return {
    came: () => last !== undefined,
    end: () => {
      for (const signal of SIGNALS) process.off(signal, handOn);
    },
  };
}
