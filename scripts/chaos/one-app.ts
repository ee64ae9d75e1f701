import { join } from 'node:path';
import { AppProcess } from './app-process.ts';
import type { Cast, Place, Trouble } from './storm.ts';

/** One process that receives and answers, with everything in one SQLite file. */
export function oneApp(trouble: (app: AppProcess, over: AbortSignal) => Promise<Trouble> = async () => ({})) {
  return async ({ folder, port, environment }: Place): Promise<Cast> => {
    const app = new AppProcess(
      port,
      { ...environment, SQLITE_PATH: join(folder, 'app.db') },
      join(folder, 'app.log'),
    );
    await app.start();
    return {
      trouble: (over) => trouble(app, over),
      async close() {
        await app.terminate();
        return {};
      },
    };
  };
}
