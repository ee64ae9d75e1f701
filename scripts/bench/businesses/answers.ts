import { setTimeout as sleep } from 'node:timers/promises';
import { openLoop } from '../load.ts';
import { quantile } from '../samples.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Graph } from './graph.ts';
import { cacheOf, type World } from './service.ts';
import type { Traffic } from './traffic.ts';
import type { Marked } from './world.ts';

/** In milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** `sorted` must be sorted. */
export function latenciesOf(sorted: Float64Array): Latencies {
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

interface Sent {
  /** When the message was sent, by its index. */
  readonly at: ReadonlyMap<number, number>;
  /** From the request to the response. */
  readonly acceptance: Latencies;
}

/** Sends every delivery at a fixed rate. Throws unless every response is a 200. */
export async function sendAll(
  { connections }: World,
  server: ServerProcess,
  traffic: Traffic,
  perSecond: number,
): Promise<Sent> {
  const at = new Map<number, number>();
  const onSend = (request: number) => {
    for (const { message } of traffic.messagesOf(request)) at.set(message, performance.now());
  };
  const load = { from: 0, count: traffic.deliveries.count, perSecond, connections, onSend };
  return { at, acceptance: latenciesOf((await openLoop(server.port, traffic.deliveries, load)).latencies) };
}

const TIMEOUT_MS = 300_000;

/** Resolves when no message waits and no answer arrives any more, or after five minutes. */
export async function untilAnswered({ graph }: World, server: ServerProcess): Promise<void> {
  const until = performance.now() + TIMEOUT_MS;
  while (performance.now() < until) {
    const before = graph.answers.size;
    if (/^ansari_whatsapp_waiting_messages 0$/m.test(await server.get('/metrics'))) {
      await sleep(500);
      if (graph.answers.size === before) return;
    }
    await sleep(200);
  }
}

/** Returns the times from a message to its first answer. */
export function delays(
  graph: Graph,
  { messages }: Traffic,
  { at }: Sent,
  isCounted: (marked: Marked) => boolean = () => true,
): Latencies {
  const all = messages.filter(isCounted).flatMap(({ message }) => {
    const [answeredAt] = graph.answers.get(message) ?? [];
    const sentAt = at.get(message);
    return answeredAt === undefined || sentAt === undefined ? [] : [answeredAt - sentAt];
  });
  return latenciesOf(Float64Array.from(all).sort());
}

export interface Answered {
  readonly messages: number;
  readonly answered: number;
  /** Messages without an answer. */
  readonly lost: number;
  /** Messages with several. */
  readonly repeated: number;
  /** Answers sent by another business, or with another's token. */
  readonly crossed: number;
  readonly hitRate: number;
}

export async function tally(
  { graph }: World,
  server: ServerProcess,
  { messages }: Traffic,
): Promise<Answered> {
  const times = messages.map(({ message }) => graph.answers.get(message)?.length ?? 0);
  const { hits, misses } = await cacheOf(server);
  return {
    messages: messages.length,
    answered: times.filter((count) => count > 0).length,
    lost: times.filter((count) => count === 0).length,
    repeated: times.filter((count) => count > 1).length,
    crossed: graph.crossed.length,
    hitRate: hits / (hits + misses),
  };
}
