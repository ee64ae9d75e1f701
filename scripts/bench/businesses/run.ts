import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../errors.ts';
import { NUMBER } from '../deliveries.ts';
import { closedLoop, type Load, openLoop } from '../load.ts';
import { type Cores, describeMachine, reserveCores } from '../machine.ts';
import { quantile } from '../samples.ts';
import { type ProgramName, ServerProcess } from '../server-process.ts';
import { startCuttable } from './cuttable.ts';
import { type Graph, startGraph } from './graph.ts';
import { measureHit } from './hit.ts';
import { type Registry, seedRegistry } from './registry.ts';
import { makeTraffic, type Traffic } from './traffic.ts';
import { FIRST_NUMBER, FLOODING } from './world.ts';

export interface Plan {
  readonly businesses: number;
  readonly connections: number;
  readonly rounds: number;
  /** Requests of one sample of the acceptance. */
  readonly accepted: number;
  /** Requests that are answered to the end. */
  readonly answered: number;
  /** How long MongoDB is away. */
  readonly outageSeconds: number;
  readonly openLoopSeconds: number;
}

interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Answered {
  readonly messages: number;
  readonly answered: number;
  /** Messages without an answer, and messages with several. */
  readonly lost: number;
  readonly repeated: number;
  /** Answers sent by another business, or with another's token. */
  readonly crossed: number;
  readonly hitRate: number;
}

export interface Results {
  readonly machine: string;
  readonly plan: Plan;
  /** Deliveries accepted per second, a sample per round: of one business from the environment, of all from MongoDB. */
  readonly accepted: { readonly one: readonly number[]; readonly many: readonly number[] };
  readonly hitUs: number;
  readonly flood: Answered & {
    /** From the request to the answer, in milliseconds, of the other businesses: without and with one that floods. */
    readonly before: Latencies;
    readonly others: Latencies;
    readonly acceptance: Latencies;
  };
  /** Acceptance at fixed rates, from the intended time. */
  readonly load: readonly ({ readonly perSecond: number } & Latencies)[];
  readonly outage: Answered & Latencies & { readonly unknownNumber: number };
}

const TIMEOUT_MS = 300_000;
/** With turns on the same core, well below its capacity: what waits is for MongoDB. */
const OUTAGE_RATE = 200;
/** Shorter than the outage, so that every business expires in it. */
const OUTAGE_TTL_SECONDS = 5;

interface World {
  readonly plan: Plan;
  readonly cores: Cores | undefined;
  readonly registry: Registry;
  readonly uri: string;
  readonly graph: Graph;
}

/** Throws `CommandError` without a MongoDB. */
export async function runBusinesses(
  plan: Plan,
  uri: string,
  onProgress: (progress: string) => void,
): Promise<Results> {
  const cores = reserveCores();
  onProgress(`storing ${plan.businesses} businesses`);
  const registry = await seedRegistry(uri, plan.businesses).catch((error: unknown) => {
    throw new CommandError(`MONGODB_URI names no MongoDB that can be used: ${String(error)}`);
  });
  const graph = await startGraph();
  const world: World = { plan, cores, registry, uri, graph };
  try {
    onProgress('a look-up that hits the cache');
    const hitUs = await measureHit();
    const accepted = await acceptance(world, onProgress);
    onProgress('answers, one business floods');
    const flood = await answering(world);
    const load = [];
    for (const perSecond of [500, 5_000]) {
      onProgress(`open loop at ${perSecond}/s`);
      load.push({ perSecond, ...(await fixedRate(world, perSecond)) });
    }
    onProgress(`MongoDB is away for ${plan.outageSeconds} s`);
    const outage = await withoutMongo(world);
    return { machine: describeMachine(), plan, accepted, hitUs, flood, load, outage };
  } finally {
    await graph.close();
    await registry.drop();
  }
}

async function acceptance(
  world: World,
  onProgress: (progress: string) => void,
): Promise<Results['accepted']> {
  const { plan } = world;
  const { accepted: count, connections } = plan;
  const traffic = {
    one: makeTraffic(2 * count, { businesses: 1, flood: false }),
    many: makeTraffic(2 * count, { businesses: plan.businesses, flood: false }),
  };
  const rates: Record<'one' | 'many', number[]> = { one: [], many: [] };
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const side of ['one', 'many'] as const) {
      onProgress(`acceptance, round ${round} of ${plan.rounds}: ${side === 'one' ? 'one business' : 'all'}`);
      const server = await start(world, 'sqlite', side === 'one' ? ONE : registryOf(world));
      try {
        const { deliveries } = traffic[side];
        await closedLoop(server.port, deliveries, 0, count, { connections });
        const { seconds } = await closedLoop(server.port, deliveries, count, 2 * count, { connections });
        rates[side].push(count / seconds);
      } finally {
        await server.end();
      }
    }
  }
  return rates;
}

/** The first business alone, from the environment. */
const ONE = { META_BUSINESS_PHONE_NUMBER_ID: String(FIRST_NUMBER) };

function registryOf({ registry, uri }: World): Record<string, string> {
  return {
    BUSINESSES: 'mongodb',
    MONGODB_URI: uri,
    MONGODB_DB_NAME: registry.name,
    ENCRYPTION_SECRET: registry.encryptionSecret,
    META_BUSINESS_PHONE_NUMBER_ID: NUMBER,
  };
}

async function start(
  { cores, graph, plan }: World,
  name: ProgramName,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const server = await ServerProcess.start(name, cores, {
    DEPLOYMENT_TYPE: 'local',
    MOCK_META_API: 'false',
    META_API_URL: graph.url,
    QUESTIONS_PER_PERSON_PER_DAY: '0',
    ...settings,
  });
  while (!(await server.get('/ready')).includes('"ready":true')) await sleep(50);
  // The service loads the businesses in the background, and looks up one by one until then.
  const known = settings.BUSINESSES === 'mongodb' ? plan.businesses : 0;
  while (((await sizeOf(server)) ?? 0) < known) await sleep(50);
  return server;
}

async function answering(world: World): Promise<Results['flood']> {
  const { plan } = world;
  const requests = plan.answered;
  const before = makeTraffic(requests, { businesses: plan.businesses, flood: false });
  const server = await start(world, 'turns', registryOf(world));
  try {
    const sentAt = await sendAll(world, server, before, 1_000);
    await untilAnswered(world, server);
    const quiet = delays(world.graph, before, sentAt, () => true);
    world.graph.reset();

    const traffic = makeTraffic(requests, { businesses: plan.businesses, flood: true });
    const during = await sendAll(world, server, traffic, 1_000);
    await untilAnswered(world, server);
    return {
      ...(await tally(world, server, traffic)),
      before: quiet,
      others: delays(world.graph, traffic, during, ({ business }) => business !== FLOODING),
      acceptance: during.acceptance,
    };
  } finally {
    world.graph.reset();
    await server.end();
  }
}

interface Sent {
  /** When the message was sent, by its index. */
  readonly at: ReadonlyMap<number, number>;
  readonly acceptance: Latencies;
}

async function sendAll(
  { plan }: World,
  server: ServerProcess,
  traffic: Traffic,
  perSecond: number,
): Promise<Sent> {
  const at = new Map<number, number>();
  const onSend = (request: number) => {
    for (const { message } of traffic.messagesOf(request)) at.set(message, performance.now());
  };
  const load = { from: 0, count: traffic.deliveries.count, perSecond, connections: plan.connections, onSend };
  return { at, acceptance: latenciesOf((await openLoop(server.port, traffic.deliveries, load)).latencies) };
}

function delays(
  graph: Graph,
  { messages }: Traffic,
  { at }: Sent,
  isCounted: (marked: { readonly business: number }) => boolean,
): Latencies {
  const all = messages.filter(isCounted).flatMap(({ message }) => {
    const [answeredAt] = graph.answers.get(message) ?? [];
    const sentAt = at.get(message);
    return answeredAt === undefined || sentAt === undefined ? [] : [answeredAt - sentAt];
  });
  return latenciesOf(Float64Array.from(all).sort());
}

async function tally({ graph }: World, server: ServerProcess, { messages }: Traffic): Promise<Answered> {
  const times = messages.map(({ message }) => graph.answers.get(message)?.length ?? 0);
  const { hits, misses } = (await cacheOf(server)) ?? { hits: 0, misses: 0 };
  return {
    messages: messages.length,
    answered: times.filter((count) => count > 0).length,
    lost: times.filter((count) => count === 0).length,
    repeated: times.filter((count) => count > 1).length,
    crossed: graph.crossed.length,
    hitRate: hits / (hits + misses),
  };
}

async function cacheOf(server: ServerProcess): Promise<{ hits: number; misses: number } | undefined> {
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`, {
    headers: { accept: 'application/json' },
  });
  const { cache } = (await response.json()) as { cache?: { hits: number; misses: number } };
  return cache;
}

async function untilAnswered({ graph }: World, server: ServerProcess): Promise<void> {
  const until = performance.now() + TIMEOUT_MS;
  for (;;) {
    const before = graph.answers.size;
    if (/^ansari_whatsapp_waiting_messages 0$/m.test(await server.get('/metrics'))) {
      await sleep(500);
      if (graph.answers.size === before) return;
    }
    if (performance.now() > until) return;
    await sleep(200);
  }
}

async function fixedRate(world: World, perSecond: number): Promise<Latencies> {
  const { plan } = world;
  const count = perSecond * plan.openLoopSeconds;
  const warmUp = Math.min(count, 2 * plan.businesses);
  const { deliveries } = makeTraffic(warmUp + count, { businesses: plan.businesses, flood: false });
  const server = await start(world, 'sqlite', registryOf(world));
  try {
    const { connections } = plan;
    await closedLoop(server.port, deliveries, 0, warmUp, { connections });
    return latenciesOf(
      await openLatencies(server, { deliveries, from: warmUp, count, perSecond, connections }),
    );
  } finally {
    await server.end();
  }
}

async function openLatencies(
  server: ServerProcess,
  { deliveries, ...load }: Parameters<typeof openLoop>[2] & { readonly deliveries: Traffic['deliveries'] },
): Promise<Load['latencies']> {
  return (await openLoop(server.port, deliveries, load)).latencies;
}

/** The server's connection to MongoDB is cut while deliveries go on. Every response must be a 200, else this throws. */
async function withoutMongo(world: World): Promise<Results['outage']> {
  const { plan } = world;
  const { host, port } = hostOf(world.uri);
  const cuttable = await startCuttable({ host, port });
  const uri = world.uri.replace(`${host}:${port}`, `127.0.0.1:${cuttable.port}`);
  const server = await start(world, 'turns', {
    ...registryOf({ ...world, uri }),
    BUSINESS_CACHE_TTL: String(OUTAGE_TTL_SECONDS),
  });
  try {
    const count = OUTAGE_RATE * plan.outageSeconds;
    const traffic = makeTraffic(count, { businesses: plan.businesses, flood: false });
    cuttable.cut();
    const { acceptance } = await sendAll(world, server, traffic, OUTAGE_RATE);
    const unknownNumber = await statusOfUnknown(server);
    cuttable.restore();
    await untilAnswered(world, server);
    return { ...(await tally(world, server, traffic)), ...acceptance, unknownNumber };
  } finally {
    world.graph.reset();
    await server.end();
    await cuttable.close();
  }
}

async function sizeOf(server: ServerProcess): Promise<number | undefined> {
  return ((await cacheOf(server)) as { readonly size?: number } | undefined)?.size;
}

/** Resolves to the status of a delivery for a number that the service has not looked up yet. */
async function statusOfUnknown(server: ServerProcess): Promise<number> {
  const { deliveries } = makeTraffic(1, { businesses: 1, flood: false });
  const [head = '', body = ''] = deliveries
    .at(0)
    .toString('utf8')
    .replaceAll(String(FIRST_NUMBER), String(FIRST_NUMBER - 1))
    .split('\r\n\r\n');
  const { sign } = await import('../../../app/channels/meta/signature.ts');
  const { SECRET } = await import('../deliveries.ts');
  const path = head.split(' ')[1] ?? '/';
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    body,
    headers: { 'x-hub-signature-256': sign(Buffer.from(body), SECRET) },
  });
  return response.status;
}

function hostOf(uri: string): { readonly host: string; readonly port: number } {
  const { host = '', port = '27017' } =
    /^mongodb:\/\/(?:[^@/]*@)?(?<host>[^:/,]+)(?::(?<port>\d+))?/.exec(uri)?.groups ?? {};
  if (host === '')
    throw new CommandError(
      'The outage needs a MONGODB_URI with one host, such as mongodb://127.0.0.1:27017.',
    );
  return { host, port: Number(port) };
}

function latenciesOf(sorted: Float64Array): Latencies {
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}
