import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock as clock } from '../../app/clock.ts';
import { awsParts } from '../../app/compose/aws.ts';
import { ConfigError, readConfig } from '../../app/config.ts';
import { Unavailable } from '../../app/domain/errors.ts';
import type { Queue } from '../../app/ports/queue.ts';
import type { Operations } from '../../app/ports/store.ts';
import { UnusableDatabase } from '../../app/stores/sqlite/open.ts';
import { openSqliteStore } from '../../app/stores/sqlite/store.ts';
import { MissingParameters, withParameters } from '../../app/worker/parameters.ts';
import { regionOf } from '../../infra/cli/release/stack.ts';
import { type EnvironmentName, parametersPath } from '../../infra/names.ts';
import { kebabCase } from '../../infra/variables.ts';
import { Plain } from '../command.ts';
import { asEnvironment } from '../environment.ts';
import { type DeadWakeUps, deadWakeUpsOf } from './dead-wake-ups.ts';

/** What a deployment keeps of people and their messages. */
export interface Kept {
  readonly store: Operations;
  /** Where the store is, for whoever asked: a file, a table or a stack. */
  readonly place: string;
  /** Undefined where the process that receives also works: it finds by itself what waits. */
  readonly queue: Queue | undefined;
  readonly deadWakeUps: DeadWakeUps | undefined;
  close(): Promise<void>;
}

/** This machine's configuration, or a stack. */
export type Where = 'local' | EnvironmentName;

export function asWhere(word: string | undefined): Where | undefined {
  return word === 'local' ? word : asEnvironment(word);
}

/** Their messages tell a person what to do. */
const SAID_WELL = [ConfigError, Unavailable, UnusableDatabase, MissingParameters];

/** Opens it, hands it over, and closes it again. Throws `Plain` where a person can do something about it. */
export async function withKept<T>(where: Where, use: (kept: Kept) => Promise<T>): Promise<T> {
  try {
    const kept = await (where === 'local' ? openLocal() : openStack(where));
    try {
      return await use(kept);
    } finally {
      await kept.close();
    }
  } catch (error) {
    if (error instanceof Error && SAID_WELL.some((kind) => error instanceof kind))
      throw new Plain(error.message, { cause: error });
    throw error;
  }
}

/**
 * With the `.env` that `npm start` reads. Not so for a stack: an emulator that this machine is configured for must not
 * stand in for it.
 */
async function openLocal(): Promise<Kept> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const { store } = config;
  if (store.kind === 'dynamodb') return inAws(`the table ${store.conversationsTable}`, config, store);
  if (store.kind === 'memory') throw new Plain('STORE=memory keeps nothing that another process could read.');
  // Opening would make an empty one, and who looks in the wrong place would hear that there is nothing.
  const place = resolve(store.path);
  if (!existsSync(place))
    throw new Plain(`There is no ${place} here. Say staging or production, or set SQLITE_PATH.`);
  const opened = await openSqliteStore({ path: place, clock, newId: randomUUID });
  return { store: opened, place, queue: undefined, deadWakeUps: undefined, close: () => opened.close() };
}

/** Where the stack keeps things is in its parameters; none of its secrets is asked for. */
async function openStack(stack: EnvironmentName): Promise<Kept> {
  const region = regionOf(stack);
  const reference = (variable: string) => `ssm:${parametersPath(stack)}/${kebabCase(variable)}`;
  const names = ['CONVERSATIONS_TABLE', 'CONVERSATIONS_STAGE_TABLE', 'CONVERSATIONS_TRIGGER_LOCK_TABLE'];
  const references = Object.fromEntries(
    [...names, 'WHATSAPP_QUEUE_URL'].map((name) => [name, reference(name)]),
  );
  const values = await withParameters(references, { region });
  const value = (name: string) => values[name] ?? '';
  return inAws(
    stack,
    { aws: { region }, queue: { kind: 'sqs', url: value('WHATSAPP_QUEUE_URL') } },
    {
      kind: 'dynamodb',
      conversationsTable: value('CONVERSATIONS_TABLE'),
      stageTable: value('CONVERSATIONS_STAGE_TABLE'),
      triggerLockTable: value('CONVERSATIONS_TRIGGER_LOCK_TABLE'),
    },
  );
}

async function inAws(place: string, ...[config, tables]: Parameters<typeof awsParts>): Promise<Kept> {
  const { store, queue, sqs } = awsParts(config, tables);
  await Promise.all([store.ready(), queue?.ready()]);
  return {
    store,
    place,
    queue,
    deadWakeUps: config.queue.kind === 'sqs' ? await deadWakeUpsOf(sqs, config.queue.url) : undefined,
    async close() {
      await Promise.all([store.close(), queue?.close()]);
    },
  };
}
