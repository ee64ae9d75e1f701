import { startOutside } from '../answers/outside.ts';
import { type Answering, untilAnswered } from '../answers/run.ts';
import { makeMarkedDeliveries, sendUnsigned } from '../deliveries.ts';
import { closedLoop } from '../load.ts';
import type { Cores } from '../machine.ts';
import { ServerProcess } from '../server-process.ts';

/**
 * Resolves to what a program does other than a bot should: a measured program verifies signatures and answers. Otherwise the
 * benchmark would measure how fast it fails.
 */
export async function problemOf(
  { program, settings }: Answering,
  cores: Cores | undefined,
): Promise<string | undefined> {
  const outside = await startOutside(0);
  try {
    const server = await ServerProcess.start(program, cores, settings(outside.url));
    try {
      const status = await sendUnsigned(server.port);
      if (status < 400) return `a delivery with a wrong signature got ${status}`;
      await closedLoop(server.port, makeMarkedDeliveries(1), 0, 1);
      await untilAnswered(outside, 1);
      return outside.firstPart.size === 1 ? undefined : 'a signed message got no reply';
    } finally {
      await server.end();
    }
  } catch (error) {
    return (error as Error).message;
  } finally {
    await outside.close();
  }
}
