import { createAppTrouble } from './app-trouble.ts';
import { environmentOf } from './environment.ts';
import type { Output } from './output.ts';
import type { Part } from './parts.ts';
import { startPart } from './processes.ts';
import { restartOnChange } from './restart-on-change.ts';
import { createSimulatorLink } from './simulator-link.ts';
import { type Observer, type Supervised, supervise } from './supervise.ts';

/** All parts, each started again whenever it ends. */
export interface System {
  /** Resolves when every part has responded. */
  readonly responded: Promise<void>;
  /** Resolves to the reason when a part cannot be started. */
  readonly failed: Promise<string>;
  /** Resolves when every process has ended. */
  stop(): Promise<void>;
}

interface Options {
  /** The folder with `app/` and `data/`. */
  readonly root: string;
  /** Returns the variables of `.env`. */
  readonly readEnv: () => NodeJS.Dict<string>;
  readonly output: Output;
}

/** Starts the parts, and restarts those whose files change. */
export function startSystem(parts: readonly Part[], { root, readEnv, output }: Options): System {
  // Parts send messages while they start, so the map is there before them.
  const supervised = new Map<string, Supervised>();
  const trouble = createAppTrouble((message) => supervised.get('simulator')?.send(message));
  const link = createSimulatorLink(parts, { root, say: output.say, part: (name) => supervised.get(name) });

  function start(part: Part) {
    if (part.name === 'app') trouble.started();
    return startPart(part, {
      cwd: root,
      // Read at each start: an edit takes effect.
      environment: link.environment(part, environmentOf(part, readEnv())),
      onLine(line) {
        // The page shows the steps of messages.
        if (!link.line(part, line) || output.json) output.line(part.name, line);
        if (part.name === 'app') trouble.line(line);
      },
      onMessage: link.message,
    });
  }

  const observers: Readonly<Record<string, Observer>> = {
    app: both({ onUp: trouble.responded, onEnd: trouble.ended }, link.observers.app),
    simulator: both({ onUp: trouble.repeat }, link.observers.simulator),
  };
  for (const part of parts) {
    const options = { start: () => start(part), say: output.say, ...observers[part.name] };
    supervised.set(part.name, supervise(part, options));
  }
  const watch = restartOnChange(root, supervised, output.say);
  const all = [...supervised.values()];
  return {
    responded: Promise.all(all.map(({ responded }) => responded)).then(() => {}),
    failed: Promise.race(
      [...supervised].map(async ([name, { failed }]) => `The ${name} ${await failed}: stopping the rest.`),
    ),
    async stop() {
      watch.close();
      await Promise.all(all.map((part) => part.stop()));
    },
  };
}

function both(one: Observer, other: Observer = {}): Observer {
  return {
    onUp() {
      one.onUp?.();
      other.onUp?.();
    },
    onEnd(reason) {
      one.onEnd?.(reason);
      other.onEnd?.(reason);
    },
  };
}
