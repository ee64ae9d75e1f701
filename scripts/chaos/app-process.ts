import { setTimeout as sleep } from 'node:timers/promises';
import { OwnProcess } from './own-process.ts';

/** The webhook app as a process of its own, on the same port after each start. */
export class AppProcess extends OwnProcess {
  readonly url: string;

  constructor(port: number, environment: Readonly<Record<string, string>>, logFile: string) {
    super(['app/server.ts'], { ...environment, PORT: String(port) }, logFile);
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Resolves when the app responds. Throws when the process exits first. */
  async start(): Promise<void> {
    const { child } = this.spawn();
    for (;;) {
      if (await responds(this.url)) return;
      if (child.exitCode !== null) throw new Error(`the app exited with code ${child.exitCode}; see its log`);
      await sleep(20);
    }
  }
}

async function responds(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
