/** The whole system on this machine: `npm run dev`. */
import { runDev } from './dev/run.ts';

process.exitCode = await runDev(process.argv.slice(2), {
  backend: 'app/backend.ts',
  app: 'app/server.ts',
  simulator: 'scripts/simulator/index.ts',
});
