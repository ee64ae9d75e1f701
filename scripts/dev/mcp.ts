import { serveMcp } from '../simulator/mcp/serve.ts';
import type { Output } from './output.ts';
import type { System } from './system.ts';

interface Options {
  readonly output: Output;
  readonly simulatorUrl: string;
  readonly signal: Promise<'signal'>;
  readonly start: () => System;
}

/**
 * Starts the system and serves its tools until the client closes its end, a signal comes, or a part cannot be started.
 * Resolves to the exit code when every process has ended.
 */
export async function devWithMcp({ output, simulatorUrl, signal, start }: Options): Promise<number> {
  const system = start();
  // The client may ask at once: its calls wait.
  const served = serveMcp(simulatorUrl, system.responded).then(() => 'closed');
  void system.responded.then(() => output.say(`Everything is running; the page is ${simulatorUrl}`));
  const end = await Promise.race([signal, served, system.failed]);
  const isWanted = end === 'signal' || end === 'closed';
  output.say(isWanted ? 'Stopping.' : end);
  await system.stop();
  return isWanted ? 0 : 1;
}

/** Serves the tools of a system that runs already. Resolves to the exit code. */
export async function serveRunning(simulatorUrl: string, signal: Promise<'signal'>): Promise<number> {
  await Promise.race([signal, serveMcp(simulatorUrl)]);
  return 0;
}

const PROBE_TIMEOUT_MS = 2_000;

/** Resolves to whether a simulator responds at this address. */
export async function simulatorRuns(simulatorUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${simulatorUrl}/control/clock`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    return response.ok && typeof body === 'object' && body !== null && 'canSkip' in body;
  } catch {
    return false;
  }
}
