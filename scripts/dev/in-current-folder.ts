/** `npm run dev` with the programs of the checkout, and its data in the current folder. */
import { join } from 'node:path';
import { runDev } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');
await runDev(
  {
    backend: join(ROOT, 'app/backend.ts'),
    app: join(ROOT, 'app/server.ts'),
    simulator: join(ROOT, 'scripts/simulator/index.ts'),
  },
  process.cwd(),
);
