/** `npm run dev` with a stand-in for the two parts that are not in `scripts/`. */
import { fileURLToPath } from 'node:url';
import { runDev } from '#scripts/dev/run.ts';

const standIn = fileURLToPath(new URL('./dev-part.ts', import.meta.url));
await runDev({
  backend: standIn,
  app: standIn,
  simulator: 'scripts/simulator/index.ts',
});
