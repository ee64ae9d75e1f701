/** `npm run dev` in the current folder, with a stand-in for the two programs that are not in `scripts/`. */
import { fileURLToPath } from 'node:url';
import { runDev } from '#scripts/dev/run.ts';

const standIn = fileURLToPath(new URL('./dev-program.ts', import.meta.url));
const simulator = fileURLToPath(new URL('../../scripts/simulator/index.ts', import.meta.url));
await runDev({ backend: standIn, app: standIn, simulator }, process.cwd());
