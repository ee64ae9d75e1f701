import { startOutside } from '../answers/outside.ts';
import { type Answering, untilAnswered } from '../answers/run.ts';
import { makeMarkedDeliveries } from '../deliveries.ts';
import { closedLoop } from '../load.ts';
import type { Cores } from '../machine.ts';
import { ServerProcess } from '../server-process.ts';

const MESSAGES = 200;
/** As long as a quick answer of an assistant takes. */
const THINK_MS = 1_000;

export interface Lost {
  readonly accepted: number;
  /** Accepted messages without an answer, before the kill or after the restart. */
  readonly lost: number;
  readonly repeated: number;
}

/**
 * Delivers messages of as many people to a backend that thinks for a second, kills the program when the last one has its
 * 200, starts it again and counts the answers. The platform does not deliver again what had a 200.
 */
export async function lostAfterKill(
  { program, settings }: Answering,
  cores: Cores | undefined,
): Promise<Lost> {
  const outside = await startOutside(THINK_MS);
  const server = await ServerProcess.start(program, cores, settings(outside.url));
  try {
    await closedLoop(server.port, makeMarkedDeliveries(MESSAGES), 0, MESSAGES);
    await server.killAndRestart();
    await untilAnswered(outside, MESSAGES);
    return {
      accepted: MESSAGES,
      lost: MESSAGES - outside.firstPart.size,
      repeated: outside.repeated(),
    };
  } finally {
    await server.end();
    await outside.close();
  }
}
