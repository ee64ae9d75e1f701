import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Faults } from '#app/backend/faults.ts';
import type { Replies } from '#app/backend/replies.ts';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { startBackend } from '#app/backend/start.ts';
import { AppProcess } from '#scripts/chaos/app-process.ts';
import { freePort } from '#scripts/chaos/own-process.ts';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';
import { environmentFor } from '#scripts/simulator/environment.ts';
import { type SimulatorOptions, WEBHOOK_PATHS } from '#scripts/simulator/options.ts';
import { createSimulator, type Simulator } from '#scripts/simulator/simulator.ts';
import { realClock } from './real-clock.ts';
import { startTcpProxy } from './tcp-proxy.ts';

interface SystemOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  readonly backend?: Faults;
  readonly replies?: Replies;
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of the database and the logs. */
  readonly folder: string;
  /** Called with what ends it; default: it ends with the test. */
  readonly onEnd?: (end: () => Promise<void>) => void;
}

export interface System {
  readonly simulator: Simulator;
  readonly backendUrl: string;
  /** All apps, the newest one last. */
  readonly apps: readonly AppProcess[];
  /** Starts one more webhook app on the same database; deliveries go to the newest one. */
  startApp(): Promise<AppProcess>;
  /** Closes the connections of the platform to the previous apps. */
  closeConnections(): void;
  /** The output of all apps. */
  logs(): string;
}

/** The whole system on free ports, with each app as its own process. */
export async function startSystem({
  folder,
  onEnd = onTestFinished,
  ...options
}: SystemOptions): Promise<System> {
  const channel = options.simulator?.channel ?? 'meta';
  const proxy = await startTcpProxy(onEnd);
  const backend = await startBackend({
    port: 0,
    apiKeys: [DEVELOPMENT.backendKey],
    databasePath: join(folder, 'backend.db'),
    replies: options.replies ?? echoReplies({ clock: realClock, wordMs: 0 }),
    clock: realClock,
    newId: randomUUID,
    ...(options.backend && { faults: options.backend }),
  });
  const simulator = await createSimulator({
    webhookUrl: `${proxy.url}${WEBHOOK_PATHS[channel]}`,
    sentAfterMs: 20,
    deliveredAfterMs: 60,
    ...options.simulator,
  });
  const apps: AppProcess[] = [];
  onEnd(async () => {
    await Promise.all(apps.map((app) => app.kill()));
    await simulator.close();
    await backend.close();
  });

  return {
    simulator,
    backendUrl: backend.url,
    apps,
    closeConnections: proxy.closeConnections,
    async startApp() {
      const port = await freePort();
      const app = new AppProcess(
        port,
        {
          SQLITE_PATH: join(folder, 'app.db'),
          BACKEND_SERVER_URL: backend.url,
          ...environmentFor(channel, { simulator: simulator.url, app: proxy.url }),
          BATCH_WINDOW_SECONDS: '0',
          ...options.environment,
        },
        join(folder, `app-${apps.length}.log`),
      );
      apps.push(app);
      await app.start();
      proxy.forwardTo(port);
      return app;
    },
    logs: () =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.log'))
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join(''),
  };
}
