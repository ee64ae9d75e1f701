import { setTimeout as sleep } from 'node:timers/promises';
import type { DevMessage } from '../simulator/dev-channel.ts';
import type { Part } from './parts.ts';
import { type Running, responds } from './processes.ts';

/** One part that is started again whenever it ends. */
export interface Supervised {
  /** Resolves when it has responded for the first time. */
  readonly responded: Promise<void>;
  /** Resolves to the reason when it ended without ever having responded, and nothing that is watched can repair it. */
  readonly failed: Promise<string>;
  /** Ends the process and starts another, because of these changed files. */
  restart(files: readonly string[]): void;
  /** Ends the process with this signal, and starts another at once. */
  startAgain(signal: 'SIGKILL' | 'SIGTERM'): void;
  /** Sends a message to its process; nothing while there is none. */
  send(message: DevMessage): void;
  /** Resolves when its process has ended, and none is started any more. */
  stop(): Promise<void>;
}

export interface Observer {
  /** A process responds. */
  readonly onUp?: () => void;
  /** A process ended by itself, for this reason. */
  readonly onEnd?: (reason: string) => void;
}

interface Options extends Observer {
  readonly start: () => Running;
  /** Gets one sentence for each event. */
  readonly say: (sentence: string) => void;
}

const PROBE_EVERY_MS = 25;
const SLOW_START_MS = 60_000;
/** The webhook app exits within 10 seconds of SIGTERM. */
const MAX_SHUTDOWN_MS = 12_000;
const BACK_OFF = { firstMs: 1_000, factor: 2, maxMs: 10_000 };
/** A process that lived longer is no crash loop: its back-off begins anew. */
const STABLE_MS = 60_000;

/**
 * Keeps one part running. A crash is followed by a back-off. A process that ends before it responds (a syntax error) is
 * started by the next change only, so that its error is shown once; after a crash the back-off goes on.
 */
export function supervise(part: Part, { start, say, onUp, onEnd }: Options): Supervised {
  const { name, port } = part;
  const first = Promise.withResolvers<void>();
  const failure = Promise.withResolvers<string>();
  let current: Running | undefined;
  let changed: string[] = [];
  let isStopping = false;
  let isWanted = false;
  let wake = (): void => {};
  const finished = run();

  async function run(): Promise<void> {
    let crashes = 0;
    let hasResponded = false;
    while (!isStopping) {
      const reason = changed;
      changed = [];
      isWanted = false;
      if (reason.length > 0) crashes = 0;
      const startedAt = Date.now();
      const running = start();
      current = running;
      const isUp = await respondsBeforeItEnds(running);
      if (isUp) {
        hasResponded = true;
        first.resolve();
        onUp?.();
        if (reason.length > 0) say(`${name} restarted: ${listed(reason)} changed`);
      }
      const end = await running.ended;
      current = undefined;
      // A Ctrl-C in the terminal reaches every process at once: ours may be handled after the end of the part.
      await new Promise(setImmediate);
      if (isStopping || changed.length > 0 || isWanted) continue;
      onEnd?.(isUp ? end : `${end} before it responded`);
      if (!hasResponded && part.watched === undefined) return failure.resolve(end);
      if (!isUp && crashes === 0 && part.watched !== undefined) {
        say(`${name} ${end} before it responded: it starts again when ${part.watched} changes`);
        await woken();
        continue;
      }
      crashes = Date.now() - startedAt > STABLE_MS ? 1 : crashes + 1;
      const delayMs = Math.min(BACK_OFF.maxMs, BACK_OFF.firstMs * BACK_OFF.factor ** (crashes - 1));
      say(`${name} ${end}: it starts again in ${delayMs / 1_000} s`);
      await woken(delayMs);
    }
  }

  async function respondsBeforeItEnds({ ended }: Running): Promise<boolean> {
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    const slowAt = Date.now() + SLOW_START_MS;
    let isSlow = false;
    while (!hasEnded) {
      if ((await responds(port)) && !hasEnded) return true;
      if (!isSlow && Date.now() > slowAt) {
        isSlow = true;
        say(`${name} does not respond on port ${port} yet`);
      }
      await Promise.race([ended, sleep(PROBE_EVERY_MS)]);
    }
    return false;
  }

  /** Resolves after the time, or when there is a reason to look again. */
  function woken(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** SIGTERM, and SIGKILL when it has not ended in time. */
  function end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): void {
    wake();
    const running = current;
    if (running === undefined) return;
    running.kill(signal);
    const force = setTimeout(() => running.kill('SIGKILL'), MAX_SHUTDOWN_MS);
    void running.ended.then(() => clearTimeout(force));
  }

  return {
    responded: first.promise,
    failed: failure.promise,
    restart(files) {
      changed = [...new Set([...changed, ...files])];
      end();
    },
    startAgain(signal) {
      isWanted = true;
      end(signal);
    },
    send: (message) => current?.send(message),
    stop() {
      isStopping = true;
      end();
      return finished;
    },
  };
}

function listed([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
