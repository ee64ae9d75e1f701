/** `npm run dev` with stand-ins for the two parts that are not in `scripts/`. */
import { runDev } from '../../scripts/dev/run.ts';

process.exitCode = await runDev(process.argv.slice(2), {
  backend: 'test/fakes/dev-part.ts',
  app: 'test/fakes/dev-part.ts',
  simulator: 'scripts/simulator/index.ts',
});
