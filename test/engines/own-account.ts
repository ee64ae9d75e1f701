/** An emulated account of a suite's own, in which every service of ECS has a running task; by default moto's have none. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { vi } from 'vitest';
import { freePort } from '#scripts/chaos/own-process.ts';

/** The missing requirements of such an account. */
export function missingForAccount(): string[] {
  return spawnSync('moto_server', ['--help']).status === 0 ? [] : ['no moto_server on PATH'];
}

export class OwnAccount {
  readonly url: string;
  readonly #server: ChildProcess;

  private constructor(url: string, server: ChildProcess) {
    this.url = url;
    this.#server = server;
  }

  static async start(): Promise<OwnAccount> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', MOTO_ECS_SERVICE_RUNNING: '1' };
    const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
      env: { ...process.env, ...settings },
      stdio: 'ignore',
      // Its launcher starts Python as a child process; both are stopped.
      detached: true,
    });
    const account = new OwnAccount(url, server);
    try {
      await vi.waitFor(() => fetch(url), { timeout: 60_000, interval: 200 });
    } catch (error) {
      account.end();
      throw error;
    }
    return account;
  }

  end(): void {
    const { pid, exitCode } = this.#server;
    if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGTERM');
  }
}
