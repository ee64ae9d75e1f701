import { existsSync } from 'node:fs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type ConfiguredStore, configuredStore } from '../../app/compose/store.ts';
import { type Config, ConfigError, readConfig } from '../../app/config.ts';
import { Unavailable } from '../../app/domain/errors.ts';
import type { Clock } from '../../app/ports/clock.ts';
import type { Queue } from '../../app/ports/queue.ts';
import type { Costs, Inbox, Maintenance, Operations } from '../../app/ports/store.ts';
import { UnusableDatabase } from '../../app/stores/sqlite/open.ts';
import { MissingParameters, withParameters } from '../../app/worker/parameters.ts';
import type { EnvironmentName } from '../../infra/names.ts';
import { asEnvironment } from '../environment.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { DeadWakeUps } from './dead-wake-ups.ts';

/** The open store of a deployment, and its queues. */
export interface OpenStore {
  readonly store: Operations & Costs & Pick<Inbox, 'accept'> & Pick<Maintenance, 'backlog' | 'forgetOld'>;
  /** Where the store is, as messages show it: a file, a table or a stack. */
  readonly location: string;
  /** Undefined for SQLite: the process that receives messages also answers them, and polls its store for work. */
  readonly queue: Queue | undefined;
  readonly deadWakeUps: DeadWakeUps | undefined;
  close(): Promise<void>;
}

/** The configuration of this machine, or a stack. */
export type StoreTarget = 'local' | EnvironmentName;

export function asStoreTarget(word: string | undefined): StoreTarget | undefined {
  return word === 'local' ? word : asEnvironment(word);
}

/** Throws `UsageError` for a word that is no store. */
export function storeTargetOf(word: string): StoreTarget {
  const target = asStoreTarget(word);
  if (target === undefined)
    throw new UsageError(`\`${word}\` is no store: name local, staging or production.`);
  return target;
}

/** Errors whose message says what to do. */
const EXPLAINED = [ConfigError, Unavailable, UnusableDatabase, MissingParameters];

/** Opens the store, calls `use`, and closes the store. Throws `CommandError` for errors that the user can act on. */
export async function withStore<T>(target: StoreTarget, use: (opened: OpenStore) => Promise<T>): Promise<T> {
  try {
    const opened = await (target === 'local' ? openLocal() : openStack(target));
    try {
      return await use(opened);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof Error && EXPLAINED.some((type) => error instanceof type))
      throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Opens the store of a configuration, whose times are those of the clock. Throws `CommandError` and the errors of the store
 * for what the user can act on.
 */
export function openConfigured(config: Config, clock: Clock): Promise<OpenStore> {
  return open(configuredStore(config, clock), config);
}

/**
 * Reads the same `.env` as `npm start`. `openStack` does not: an emulator that this machine is configured for must not
 * stand in for the stack.
 */
function openLocal(): Promise<OpenStore> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  return open(configuredStore(config), config);
}

/** Reads the names of the tables and the queue from the stack's parameters. Reads no secret. */
async function openStack(stack: EnvironmentName): Promise<OpenStore> {
  // Loaded on demand: eight AWS clients and a parser for YAML, a third of the start of a command.
  const [{ regionOf }, { stackReferences }] = await Promise.all([
    import('../../infra/cli/release/stack.ts'),
    import('../../infra/cli/release/stack-parameters.ts'),
  ]);
  const region = regionOf(stack);
  const tables = ['CONVERSATIONS_TABLE', 'CONVERSATIONS_STAGE_TABLE', 'CONVERSATIONS_TRIGGER_LOCK_TABLE'];
  const references = stackReferences(stack, [...tables, 'WHATSAPP_QUEUE_URL']);
  const values = await withParameters(references, { region });
  const value = (name: string) => values[name] ?? '';
  const config = {
    aws: { region },
    queue: { kind: 'sqs', url: value('WHATSAPP_QUEUE_URL') },
    store: {
      kind: 'dynamodb',
      conversationsTable: value('CONVERSATIONS_TABLE'),
      stageTable: value('CONVERSATIONS_STAGE_TABLE'),
      triggerLockTable: value('CONVERSATIONS_TRIGGER_LOCK_TABLE'),
    },
  } as const;
  return open({ ...configuredStore(config), location: stack }, config);
}

async function open(
  configured: ConfiguredStore,
  { queue: queueConfig }: Pick<Config, 'queue'>,
): Promise<OpenStore> {
  const reason = configured.unavailable();
  if (reason !== undefined) throw new CommandError(reason);
  const { store, queue, sqs } = await configured.open();
  await Promise.all([store.ready(), queue?.ready()]);
  return {
    store,
    location: configured.location,
    queue,
    deadWakeUps:
      sqs !== undefined && queueConfig.kind === 'sqs'
        ? await openDeadWakeUps(sqs, queueConfig.url)
        : undefined,
    async close() {
      await Promise.all([store.close(), queue?.close()]);
    },
  };
}

/** The module is loaded on demand, as the AWS clients are. */
async function openDeadWakeUps(sqs: SQSClient, queueUrl: string): Promise<DeadWakeUps | undefined> {
  const { deadWakeUpsOf } = await import('./dead-wake-ups.ts');
  return deadWakeUpsOf(sqs, queueUrl);
}
