import { CLOCK_VARIABLE, readClockOffset, writeClockOffset } from '../simulator/clock-offset.ts';
import type { DevMessage, PartMessage } from '../simulator/dev-channel.ts';
import { readStepLine } from '../tracing/step-line.ts';
import { throughSimulator } from './assistant-route.ts';
import type { Part } from './parts.ts';
import type { Observer, Supervised } from './supervise.ts';

/** What the simulator learns of the app, and what its page does to the app. */
export interface SimulatorLink {
  /** Returns the environment with which the part starts now. */
  environment(part: Part, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** Takes a line of a part. Returns true for a step of a message, which the page shows. */
  line(part: Part, line: string): boolean;
  /** Takes a message of a part. */
  readonly message: (message: PartMessage) => void;
  /** By the name of the part. */
  readonly observers: Readonly<Record<string, Observer>>;
}

interface Options {
  readonly root: string;
  readonly say: (sentence: string) => void;
  readonly part: (name: string) => Supervised | undefined;
}

export function createSimulatorLink(
  parts: readonly Part[],
  { root, say, part: supervised }: Options,
): SimulatorLink {
  const simulator = parts.find(({ name }) => name === 'simulator');
  let offsetMs = readClockOffset(root, say);
  let starts: DevMessage | undefined;
  /** Once it has responded, and then not any more. */
  let isDown = false;

  function send(message: DevMessage): void {
    supervised('simulator')?.send(message);
  }

  function note(text: string): void {
    send({ kind: 'note', text });
  }

  function endApp(action: 'crash' | 'restart'): void {
    isDown = true;
    note(action === 'crash' ? 'the app was killed' : 'the app was restarted');
    supervised('app')?.startAgain(action === 'crash' ? 'SIGKILL' : 'SIGTERM');
  }

  function moveClock(toMs: number): void {
    offsetMs = toMs;
    isDown = true;
    try {
      writeClockOffset(root, offsetMs);
    } catch (error) {
      say(`The clock is not kept over the next start: ${error instanceof Error ? error.message : error}`);
    }
    for (const name of ['backend', 'app']) supervised(name)?.startAgain('SIGTERM');
  }

  return {
    environment(part, own) {
      // Without the simulator the platform is a real one, whose clock does not move.
      if (simulator === undefined) return own;
      const moved = { ...own, [CLOCK_VARIABLE]: String(offsetMs) };
      if (part.name !== 'app') return moved;
      const { environment, assistantUrl } = throughSimulator(moved, `http://localhost:${simulator.port}`);
      const values = Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]);
      starts = { kind: 'app-starts', environment: Object.fromEntries(values), assistantUrl };
      send(starts);
      return environment;
    },
    line(part, line) {
      const step = part.name === 'app' && simulator !== undefined ? readStepLine(line) : undefined;
      if (step !== undefined) send({ kind: 'step', step });
      return step !== undefined;
    },
    message(message) {
      if (message.kind === 'app') endApp(message.action);
      else moveClock(message.offsetMs);
    },
    observers: {
      app: {
        onUp() {
          send({ kind: 'app-responds' });
          if (isDown) note('the app responds again');
          isDown = false;
        },
        onEnd(reason) {
          isDown = true;
          note(`the app ${reason}`);
        },
      },
      // A simulator that has started again knows nothing of the app.
      simulator: { onUp: () => starts && send(starts) },
    },
  };
}
