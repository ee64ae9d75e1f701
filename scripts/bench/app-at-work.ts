import { setTimeout as sleep } from 'node:timers/promises';
import { type Deliveries, makeDelivery } from './deliveries.ts';
import { closedLoop } from './load.ts';
import { type Cores, residentMb } from './machine.ts';
import { quantile } from './samples.ts';
import { ServerProcess } from './server-process.ts';

/** Long enough for V8 to collect the garbage of the start. */
const SETTLE_MS = 3_000;
/** In a language that is not recognised by script or common words, so that the statistical tables are loaded. */
const LANGUAGE_QUESTION = 'Tafadhali nifundishe hatua zote za kuswali tahajjud nikisafiri';

export interface Idle {
  readonly startedMb: number;
  /** After one turn in a language that needs the language tables. */
  readonly withTablesMb: number;
}

/** Measures the memory of the idle app. */
export async function idleMemory(cores: Cores | undefined): Promise<Idle> {
  const server = await ServerProcess.start('turns', cores);
  try {
    await sleep(SETTLE_MS);
    const startedMb = residentMb(server.pid, 'VmRSS');
    await closedLoop(server.port, makeDelivery(LANGUAGE_QUESTION), 0, 1);
    await untilAllAnswered(server);
    await sleep(SETTLE_MS);
    return { startedMb, withTablesMb: residentMb(server.pid, 'VmRSS') };
  } finally {
    await server.end();
  }
}

export interface AtWork {
  /** Deliveries accepted per second while turns ran. */
  readonly acceptedPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Messages answered per second, from the first delivery to the last sent part. */
  readonly answeredPerSecond: number;
}

/** Measures acceptance and turns in one process on one core, with the echo assistant. Replies are recorded, not sent. */
export async function withTurns(
  deliveries: Deliveries,
  count: number,
  cores: Cores | undefined,
): Promise<AtWork> {
  const server = await ServerProcess.start('turns', cores);
  try {
    const startedAt = performance.now();
    const { seconds, latencies } = await closedLoop(server.port, deliveries, 0, count);
    await untilAllAnswered(server);
    return {
      acceptedPerSecond: count / seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      answeredPerSecond: count / ((performance.now() - startedAt) / 1_000),
    };
  } finally {
    await server.end();
  }
}

async function untilAllAnswered(server: ServerProcess): Promise<void> {
  while (!/^ansari_whatsapp_waiting_messages 0$/m.test(await server.get('/metrics'))) await sleep(100);
}
