import { randomUUID } from 'node:crypto';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { acceptDelivery } from '#app/conversation/accept.ts';
import { createLimits } from '#app/conversation/limits.ts';
import { createWork, type WorkReport, type WorkRules } from '#app/conversation/work.ts';
import type { Message } from '#app/domain/message.ts';
import type { Clock } from '#app/ports/clock.ts';
import { createSqsQueue } from '#app/queues/sqs.ts';
import { receivingFromSqs } from '#app/queues/sqs-receiving.ts';
import { createTriggerLock } from '#app/queues/trigger-lock.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { createDynamoDbTurnCounter } from '#app/stores/dynamodb/turn-counter.ts';
import { createWakeUpHandler } from '#app/worker/handle-wake-up.ts';
import { sweepWorkers } from '#app/worker/sweep.ts';
import { scriptedAssistant } from './assistant.ts';
import { scriptedChannel } from './channel.ts';
import { type DynamoDb, REGION, type TableNames } from './dynamodb.ts';
import { NO_HAND_OFFS } from './hand-offs.ts';
import { NUMBER } from './messages.ts';
import type { Sqs } from './sqs.ts';

const HOUR = 60 * 60 * 1000;

export const RULES: WorkRules = {
  underMaintenance: false,
  handOffMs: 24 * HOUR,
  operatorQuietMs: 4 * HOUR,
  staleAfterMs: 24 * HOUR,
  questionsPerDay: 0,
  aiNotice: false,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  maxAttempts: 5,
  windowMs: 0,
};

interface AwsWorkerOptions {
  readonly clock: Clock;
  readonly dynamoDb: DynamoDb;
  readonly tables: TableNames;
  readonly sqs: Sqs;
  readonly queueUrl: string;
  readonly rules?: WorkRules;
  /** The part of a sweep that one business gets. */
  readonly share?: number;
  readonly channel?: ReturnType<typeof scriptedChannel>;
}

/**
 * A web service and a worker over the same tables and queue, as two processes would have them, with a scripted assistant
 * and channel.
 */
export function awsWorker({
  clock,
  dynamoDb,
  tables,
  sqs,
  queueUrl,
  rules = RULES,
  share = 1,
  channel = scriptedChannel(),
}: AwsWorkerOptions) {
  const client = dynamoDb.client();
  const wire = sqs.client();
  const common = { clock, newId: randomUUID, client, region: REGION };
  const store = createDynamoDbStore({ ...common, ...tables });
  const lock = createTriggerLock({ ...common, table: tables.triggerLockTable });
  const queue = createSqsQueue({ url: queueUrl, fair: true, lock, clock, client: wire, region: REGION });
  const businesses = createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]);
  const assistant = scriptedAssistant();
  const reports: WorkReport[] = [];
  const failures: unknown[] = [];
  const counter = createDynamoDbTurnCounter({ ...common, ...tables });
  const work = createWork(
    {
      ...{ store, clock, businesses, assistantOf: () => assistant, channels: { meta: channel } },
      limits: createLimits({ counter, clock }),
      handOffs: NO_HAND_OFFS,
      jitter: () => 0,
    },
    rules,
  );
  const sweep = () => sweepWorkers(store, queue, { windowMs: rules.windowMs, share });
  return {
    ...{ client, wire, store, queue, assistant, channel, reports, failures },
    receiving: receivingFromSqs(wire, queueUrl),
    handle: createWakeUpHandler({ queue, work, report: (report) => reports.push(report), clock }),
    sweep,
    forget: () => store.forgetOld(),
    tidy: async () => {
      await sweep();
      await store.forgetOld();
    },
    failed: (error: unknown) => void failures.push(error),
    /** Accepts messages as the web service does. */
    deliver: (messages: readonly Message[]) =>
      acceptDelivery(
        { messages, statuses: [], notices: [] },
        { businesses, store, queue, windowMs: rules.windowMs },
      ),
  };
}

export type AwsWorker = ReturnType<typeof awsWorker>;
