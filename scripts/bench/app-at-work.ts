import { setTimeout as sleep } from 'node:timers/promises';
import { type Deliveries, makeDelivery } from './deliveries.ts';
import { closedLoop } from './load.ts';
import { type Cores, residentMb } from './machine.ts';
import { quantile } from './samples.ts';
import { ServerProcess } from './server-process.ts';

/** Long enough for what the start has left behind to be collected. */
const SETTLED_MS = 3_000;
/** A language that neither script nor small words tell, so that the tables are needed. */
const LANGUAGE_QUESTION = 'Tafadhali nifundishe hatua zote za kuswali tahajjud nikisafiri';

export interface Idle {
  readonly startedMb: number;
  /** After one turn in a language that only the statistics tell: with the language tables. */
  readonly withTablesMb: number;
}

/** What the app keeps in memory while nobody writes. */
export async function idleMemory(cores: Cores | undefined): Promise<Idle> {
  const server = await ServerProcess.start('turns', cores);
  try {
    await sleep(SETTLED_MS);
    const startedMb = residentMb(server.pid, 'VmRSS');
    await closedLoop(server.port, makeDelivery(LANGUAGE_QUESTION), 0, 1);
    await allAnswered(server);
    await sleep(SETTLED_MS);
    return { startedMb, withTablesMb: residentMb(server.pid, 'VmRSS') };
  } finally {
    await server.end();
  }
}

export interface AtWork {
  /** Deliveries accepted each second while turns ran. */
  readonly acceptedPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Messages answered each second, from the first delivery to the last mark. */
  readonly answeredPerSecond: number;
}

/** Acceptance and turns in the one process and on the one core: the echo answers, nothing is sent. */
export async function withTurns(
  deliveries: Deliveries,
  count: number,
  cores: Cores | undefined,
): Promise<AtWork> {
  const server = await ServerProcess.start('turns', cores);
  try {
    const startedAt = performance.now();
    const { seconds, latencies } = await closedLoop(server.port, deliveries, 0, count);
    await allAnswered(server);
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

async function allAnswered(server: ServerProcess): Promise<void> {
  while (!/^ansari_whatsapp_waiting_messages 0$/m.test(await server.page('/metrics'))) await sleep(100);
}
