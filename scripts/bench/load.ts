import { Connection } from './connection.ts';
import type { Deliveries } from './deliveries.ts';

export const CONNECTIONS = 64;

export interface Load {
  readonly seconds: number;
  /** Latency of each request in milliseconds, sorted. */
  readonly latencies: Float64Array;
}

export interface LoadOptions {
  /** Default: `CONNECTIONS`. */
  readonly connections?: number;
  /** Called with the index of each delivery when it is sent. */
  readonly onSend?: (index: number) => void;
}

interface OpenLoop extends LoadOptions {
  readonly from: number;
  readonly count: number;
  readonly perSecond: number;
}

/** Closed loop: each connection sends its next request when the last response has arrived. Measures the capacity. */
export async function closedLoop(
  port: number,
  deliveries: Deliveries,
  from: number,
  to: number,
  { connections: count = CONNECTIONS, onSend }: LoadOptions = {},
): Promise<Load> {
  const connections = await openAll(port, count);
  const latencies = new Float64Array(to - from);
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    let next = from;
    let answered = 0;
    const sendNext = (connection: Connection) => {
      if (next === to) return;
      const index = next++;
      const sentAt = performance.now();
      onSend?.(index);
      connection.send(deliveries.at(index), () => {
        latencies[index - from] = performance.now() - sentAt;
        answered += 1;
        if (answered === to - from) resolve();
        else sendNext(connection);
      });
    };
    for (const connection of connections) sendNext(connection);
    // Waking a sleeping load generator at every response would cost CPU time of the server.
    const stayAwake = () => {
      if (answered < to - from) setImmediate(stayAwake);
    };
    stayAwake();
  });
  return finish(connections, startedAt, latencies);
}

/**
 * Open loop: requests at fixed times, whatever the server does. Latency counts from the intended send time, so that a
 * stalled server cannot hide it by delaying the load (wrk2, "coordinated omission").
 */
export async function openLoop(
  port: number,
  deliveries: Deliveries,
  { from, count, perSecond, ...options }: OpenLoop,
): Promise<Load> {
  const connections = await openAll(port, options.connections ?? CONNECTIONS);
  const free = [...connections];
  const latencies = new Float64Array(count);
  const startedAt = performance.now();
  const intendedAt = (index: number) => startedAt + (index * 1_000) / perSecond;
  await new Promise<void>((resolve) => {
    let next = 0;
    let answered = 0;
    const send = () => {
      while (next < count && intendedAt(next) <= performance.now()) {
        // The one that has been idle longest: the server closes connections that send nothing.
        const connection = free.shift();
        if (connection === undefined) return;
        const index = next++;
        options.onSend?.(from + index);
        connection.send(deliveries.at(from + index), () => {
          latencies[index] = performance.now() - intendedAt(index);
          answered += 1;
          free.push(connection);
          if (answered === count) resolve();
          else send();
        });
      }
    };
    // A timer would be up to a millisecond late. The load has its own core to poll the clock.
    const watch = () => {
      send();
      if (next < count) setImmediate(watch);
    };
    watch();
  });
  return finish(connections, startedAt, latencies);
}

function openAll(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}

function finish(connections: readonly Connection[], startedAt: number, latencies: Float64Array): Load {
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of connections) connection.close();
  return { seconds, latencies: latencies.sort() };
}
