/** `npm run dev` in the current folder, with the programs of the checkout. */
import { fileURLToPath } from 'node:url';
import { runDev } from '#scripts/dev/run.ts';

const program = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
await runDev(
  {
    backend: program('app/backend.ts'),
    app: program('app/server.ts'),
    simulator: program('scripts/simulator/index.ts'),
  },
  process.cwd(),
);
