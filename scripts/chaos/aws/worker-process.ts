import { setTimeout as sleep } from 'node:timers/promises';
import { OwnProcess } from '../own-process.ts';

/** Delay before a worker that exited, for example because AWS throttled it at the start, is started again. */
const RESTART_DELAY_MS = 300;

/** The polling worker as a process of its own, restarted whenever it exits by itself. */
export class WorkerProcess extends OwnProcess {
  #shouldRun = false;
  /** How often it exited by itself. */
  unexpectedExits = 0;

  constructor(environment: Readonly<Record<string, string>>, logFile: string) {
    // Its page must not take the port of the web service.
    super(['app/server.ts', '--worker'], { ...environment, WORKER_PORT: '0' }, logFile);
  }

  start(): void {
    this.#shouldRun = true;
    const { exited } = this.spawn();
    void exited.then(async () => {
      if (!this.#shouldRun) return;
      this.unexpectedExits += 1;
      await sleep(RESTART_DELAY_MS);
      if (this.#shouldRun) this.start();
    });
  }

  override async kill(): Promise<void> {
    this.#shouldRun = false;
    await super.kill();
  }

  override async terminate(): Promise<{ code: number | null; ms: number }> {
    this.#shouldRun = false;
    return super.terminate();
  }
}
