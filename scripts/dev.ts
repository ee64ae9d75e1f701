/** The whole system on this machine: `npm run dev`. */
import { runDev } from './dev/run.ts';

await runDev({
  backend: 'app/backend.ts',
  app: 'app/server.ts',
  simulator: 'scripts/simulator/index.ts',
});
