import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { NUMBER, sendOnce } from '../deliveries.ts';
import type { Cores } from '../machine.ts';
import { type ProgramName, ServerProcess } from '../server-process.ts';
import type { Graph } from './graph.ts';
import type { Registry } from './registry.ts';
import { bodyTo } from './traffic.ts';
import { FIRST_NUMBER } from './world.ts';

/** What a service is started with. */
export interface World {
  readonly businesses: number;
  readonly connections: number;
  readonly cores: Cores | undefined;
  readonly registry: Registry;
  /** Of MongoDB. */
  readonly uri: string;
  readonly graph: Graph;
}

type Settings = Readonly<Record<string, string>>;

/** The first business alone, from the environment. */
export const ONE: Settings = { META_BUSINESS_PHONE_NUMBER_ID: String(FIRST_NUMBER) };

export function registryOf({ registry, uri }: World): Settings {
  return {
    BUSINESSES: 'mongodb',
    MONGODB_URI: uri,
    MONGODB_DB_NAME: registry.name,
    ENCRYPTION_SECRET: registry.encryptionSecret,
    META_BUSINESS_PHONE_NUMBER_ID: NUMBER,
  };
}

/** Resolves when the service is ready and knows all its businesses. */
export async function startService(
  { cores, graph, businesses }: World,
  name: ProgramName,
  settings: Settings,
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
  const known = settings.BUSINESSES === 'mongodb' ? businesses : 0;
  while ((await cacheOf(server)).size < known) await sleep(50);
  return server;
}

const metrics = z.object({ cache: z.object({ size: z.number(), hits: z.number(), misses: z.number() }) });

export async function cacheOf(server: ServerProcess): Promise<z.infer<typeof metrics>['cache']> {
  const headers = { accept: 'application/json' };
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`, { headers });
  return metrics.parse(await response.json()).cache;
}

/** Resolves to the status of the response to a delivery for a number that the service has not looked up yet. */
export function statusOfUnknown(server: ServerProcess): Promise<number> {
  return sendOnce(server.port, bodyTo(FIRST_NUMBER - 1));
}
