import { join } from 'node:path';
import { AppProcess } from './app-process.ts';
import type { Counts, Processes, ProcessOptions } from './run.ts';

type Disrupt = (app: AppProcess, signal: AbortSignal) => Promise<Counts>;

/** Returns a function that starts one process which receives and answers, with one SQLite file. */
export function singleProcess(disrupt: Disrupt = async () => ({})) {
  return async ({ folder, port, environment }: ProcessOptions): Promise<Processes> => {
    const app = new AppProcess(
      port,
      { ...environment, SQLITE_PATH: join(folder, 'app.db') },
      join(folder, 'app.log'),
    );
    await app.start();
    return {
      disrupt: (signal) => disrupt(app, signal),
      async close() {
        await app.terminate();
        return {};
      },
    };
  };
}
