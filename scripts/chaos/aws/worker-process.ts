import { setTimeout as sleep } from 'node:timers/promises';
import { OwnProcess } from '../own-process.ts';

/** One that could not start, since AWS refused it just then, is started again after so long. */
const AGAIN_AFTER_MS = 300;

/** The polling worker as a process of its own, started again whenever it ends by itself. */
export class WorkerProcess extends OwnProcess {
  #wanted = false;
  /** How often it ended by itself. */
  falls = 0;

  constructor(environment: Readonly<Record<string, string>>, logFile: string) {
    super(['app/server.ts', '--worker'], environment, logFile);
  }

  start(): void {
    this.#wanted = true;
    const { exited } = this.spawn();
    void exited.then(async () => {
      if (!this.#wanted) return;
      this.falls += 1;
      await sleep(AGAIN_AFTER_MS);
      if (this.#wanted) this.start();
    });
  }

  override async kill(): Promise<void> {
    this.#wanted = false;
    await super.kill();
  }

  override async terminate(): Promise<{ code: number | null; ms: number }> {
    this.#wanted = false;
    return super.terminate();
  }
}
