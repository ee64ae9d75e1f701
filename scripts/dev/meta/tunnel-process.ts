/**
 * Runs the program that its arguments name, and ends with it. `npm run dev` starts the tunnel by this program, which gets
 * SIGTERM when `npm run dev` was killed (`stop-with-parent.ts`): no tunnel to this machine stays open.
 */
import { spawn } from 'node:child_process';

const KILL_AFTER_MS = 5_000;

const [program = '', ...args] = process.argv.slice(2);
const tunnel = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
tunnel.once('error', (error) => {
  console.error(`${program} could not be started: ${error.message}`);
  process.exitCode = 1;
});
tunnel.once('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    tunnel.kill(signal);
    setTimeout(() => tunnel.kill('SIGKILL'), KILL_AFTER_MS).unref();
  });
}
