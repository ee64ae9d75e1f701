import { mongoSentence } from '../../businesses/mongo-errors.ts';
import { CommandError } from '../../errors.ts';
import { startTcpProxy } from '../../tcp-proxy.ts';
import { closedLoop, openLoop } from '../load.ts';
import { describeMachine, reserveCores } from '../machine.ts';
import {
  type Answered,
  delays,
  type Latencies,
  latenciesOf,
  sendAll,
  tally,
  untilAnswered,
} from './answers.ts';
import { startGraph } from './graph.ts';
import { measureHit } from './hit.ts';
import { seedRegistry } from './registry.ts';
import { ONE, registryOf, startService, statusOfUnknown, type World } from './service.ts';
import { makeTraffic, PEOPLE } from './traffic.ts';
import { FLOODING } from './world.ts';

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

export interface Results {
  readonly machine: string;
  readonly plan: Plan;
  /** Deliveries accepted per second, a sample per round: of one business from the environment, of all from MongoDB. */
  readonly accepted: { readonly one: readonly number[]; readonly many: readonly number[] };
  readonly hitUs: number;
  readonly flood: Answered & {
    /** From the message to the answer, of the other businesses: without and with one that floods. */
    readonly before: Latencies;
    readonly others: Latencies;
    readonly acceptance: Latencies;
  };
  /** Acceptance at fixed rates, from the intended time. */
  readonly load: readonly ({ readonly perSecond: number } & Latencies)[];
  readonly outage: Answered & Latencies & { readonly unknownNumber: number };
}

type Measure<Key extends keyof Results> = (
  world: World,
  plan: Plan,
  onProgress: (progress: string) => void,
) => Promise<Results[Key]>;

const RATES = [500, 5_000];
const FLOOD_RATE = 1_000;
/** With turns on the same core, well below its capacity: what waits is for MongoDB. */
export const OUTAGE_RATE = 200;
/** Shorter than the outage, so that every business expires in it. */
const OUTAGE_TTL_SECONDS = 5;
/** Nothing listens there. */
const CLOSED_PORT = 1;

/** Throws `CommandError` without a MongoDB. */
export async function runBusinesses(
  plan: Plan,
  uri: string,
  onProgress: (progress: string) => void,
): Promise<Results> {
  const { businesses, connections } = plan;
  const cores = reserveCores();
  onProgress(`storing ${businesses} businesses`);
  const registry = await seedRegistry(uri, businesses).catch((error: unknown) => {
    throw new CommandError(mongoSentence(error) ?? String(error), { cause: error });
  });
  const graph = await startGraph();
  const world: World = { businesses, connections, cores, registry, uri, graph };
  try {
    onProgress('a look-up that hits the cache');
    const hitUs = await measureHit();
    const accepted = await acceptance(world, plan, onProgress);
    const flood = await oneFloods(world, plan, onProgress);
    const load = await fixedRates(world, plan, onProgress);
    const outage = await withoutMongo(world, plan, onProgress);
    return { machine: describeMachine(), plan, accepted, hitUs, flood, load, outage };
  } finally {
    await graph.close();
    await registry.drop();
  }
}

const acceptance: Measure<'accepted'> = async (world, { accepted: count, rounds }, onProgress) => {
  const { businesses, connections } = world;
  // As many people write to one business as to all: a new conversation costs more than another message of a known one.
  const people = PEOPLE * businesses;
  const sides = {
    one: { settings: ONE, traffic: makeTraffic(2 * count, { businesses: 1, flood: false, people }) },
    many: { settings: registryOf(world), traffic: makeTraffic(2 * count, { businesses, flood: false }) },
  };
  const rates: Record<keyof typeof sides, number[]> = { one: [], many: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const side of ['one', 'many'] as const) {
      onProgress(`acceptance, round ${round} of ${rounds}: ${side === 'one' ? 'one business' : 'all'}`);
      const { settings, traffic } = sides[side];
      const server = await startService(world, 'sqlite', settings);
      try {
        await closedLoop(server.port, traffic.deliveries, 0, count, { connections });
        const load = await closedLoop(server.port, traffic.deliveries, count, 2 * count, { connections });
        rates[side].push(count / load.seconds);
      } finally {
        await server.end();
      }
    }
  }
  return rates;
};

const oneFloods: Measure<'flood'> = async (world, { answered }, onProgress) => {
  onProgress('answers, one business floods');
  const { businesses, graph } = world;
  const server = await startService(world, 'turns', registryOf(world));
  try {
    const quiet = makeTraffic(answered, { businesses, flood: false });
    const sent = await sendAll(world, server, quiet, FLOOD_RATE);
    await untilAnswered(world, server);
    const before = delays(graph, quiet, sent);
    graph.reset();

    const traffic = makeTraffic(answered, { businesses, flood: true });
    const during = await sendAll(world, server, traffic, FLOOD_RATE);
    await untilAnswered(world, server);
    const others = delays(graph, traffic, during, ({ business }) => business !== FLOODING);
    return { ...(await tally(world, server, traffic)), before, others, acceptance: during.acceptance };
  } finally {
    graph.reset();
    await server.end();
  }
};

const fixedRates: Measure<'load'> = async (world, { openLoopSeconds }, onProgress) => {
  const { businesses, connections } = world;
  const results = [];
  for (const perSecond of RATES) {
    onProgress(`open loop at ${perSecond}/s`);
    const count = perSecond * openLoopSeconds;
    const warmUp = Math.min(count, 2 * businesses);
    const { deliveries } = makeTraffic(warmUp + count, { businesses, flood: false });
    const server = await startService(world, 'sqlite', registryOf(world));
    try {
      await closedLoop(server.port, deliveries, 0, warmUp, { connections });
      const load = { from: warmUp, count, perSecond, connections };
      results.push({
        perSecond,
        ...latenciesOf((await openLoop(server.port, deliveries, load)).latencies),
      });
    } finally {
      await server.end();
    }
  }
  return results;
};

/** The service's connections to MongoDB are cut while deliveries go on. */
const withoutMongo: Measure<'outage'> = async (world, { outageSeconds }, onProgress) => {
  onProgress(`MongoDB is away for ${outageSeconds} s`);
  const { businesses, graph } = world;
  const { host, port } = hostOf(world.uri);
  const proxy = await startTcpProxy();
  proxy.forwardTo(port, host);
  const uri = world.uri.replace(`${host}:${port}`, `127.0.0.1:${proxy.port}`);
  const settings = { ...registryOf({ ...world, uri }), BUSINESS_CACHE_TTL: String(OUTAGE_TTL_SECONDS) };
  const server = await startService(world, 'turns', settings);
  try {
    const traffic = makeTraffic(OUTAGE_RATE * outageSeconds, { businesses, flood: false });
    proxy.forwardTo(CLOSED_PORT);
    proxy.closeConnections();
    const { acceptance } = await sendAll(world, server, traffic, OUTAGE_RATE);
    const unknownNumber = await statusOfUnknown(server);
    proxy.forwardTo(port, host);
    await untilAnswered(world, server);
    return { ...(await tally(world, server, traffic)), ...acceptance, unknownNumber };
  } finally {
    graph.reset();
    await server.end();
    await proxy.close();
  }
};

function hostOf(uri: string): { readonly host: string; readonly port: number } {
  const { host, port } = /^mongodb:\/\/(?:[^@/]*@)?(?<host>[^:/,]+):(?<port>\d+)/.exec(uri)?.groups ?? {};
  if (host === undefined || port === undefined) {
    throw new CommandError(
      'The outage needs a MONGODB_URI with one host and its port, such as mongodb://127.0.0.1:27017.',
    );
  }
  return { host, port: Number(port) };
}
