import { Connection } from './connection.ts';
import type { Deliveries } from './deliveries.ts';

export const CONNECTIONS = 64;

export interface Load {
  readonly seconds: number;
  /** Milliseconds of each request, sorted. */
  readonly latencies: Float64Array;
}

/** Each connection sends its next request as soon as the last one is answered: what the server can do at most. */
export async function closedLoop(
  port: number,
  deliveries: Deliveries,
  from: number,
  to: number,
): Promise<Load> {
  const connections = await openAll(port);
  const latencies = new Float64Array(to - from);
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    let next = from;
    let answered = 0;
    const go = (connection: Connection) => {
      if (next === to) return;
      const index = next++;
      const sentAt = performance.now();
      connection.send(deliveries.at(index), () => {
        latencies[index - from] = performance.now() - sentAt;
        answered += 1;
        if (answered === to - from) resolve();
        else go(connection);
      });
    };
    for (const connection of connections) go(connection);
    // A load that sleeps must be woken by the server's every answer, which would be charged to the server.
    const stayAwake = () => {
      if (answered < to - from) setImmediate(stayAwake);
    };
    stayAwake();
  });
  return ended(connections, startedAt, latencies);
}

/**
 * Requests at fixed times, whatever the server does. Latency counts from the time at which a request was meant to be
 * sent, so that a server that stalls cannot hide it by holding up the load (wrk2, "coordinated omission").
 */
export async function openLoop(
  port: number,
  deliveries: Deliveries,
  { from, count, perSecond }: { readonly from: number; readonly count: number; readonly perSecond: number },
): Promise<Load> {
  const connections = await openAll(port);
  const free = [...connections];
  const latencies = new Float64Array(count);
  const startedAt = performance.now();
  const meantAt = (index: number) => startedAt + (index * 1_000) / perSecond;
  await new Promise<void>((resolve) => {
    let next = 0;
    let answered = 0;
    const send = () => {
      while (next < count && meantAt(next) <= performance.now()) {
        const connection = free.pop();
        if (connection === undefined) return;
        const index = next++;
        connection.send(deliveries.at(from + index), () => {
          latencies[index] = performance.now() - meantAt(index);
          answered += 1;
          free.push(connection);
          if (answered === count) resolve();
          else send();
        });
      }
    };
    // A timer would be late by up to a millisecond; the load has a core of its own to look at the clock.
    const watch = () => {
      send();
      if (next < count) setImmediate(watch);
    };
    watch();
  });
  return ended(connections, startedAt, latencies);
}

function openAll(port: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
}

function ended(connections: readonly Connection[], startedAt: number, latencies: Float64Array): Load {
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of connections) connection.close();
  return { seconds, latencies: latencies.sort() };
}
