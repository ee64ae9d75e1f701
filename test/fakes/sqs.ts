import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startFauxqs } from 'fauxqs';
import { afterAll } from 'vitest';
import { clientSettings } from '#app/aws/client.ts';
import { CREDENTIALS, REGION } from './dynamodb.ts';

export interface Sqs {
  readonly endpointUrl: string;
  client(): SQSClient;
  /** Makes a new queue. */
  queue(attributes?: Record<string, string>): Promise<TestQueue>;
}

export interface TestQueue {
  readonly url: string;
  readonly arn: string;
  send(body: string): Promise<void>;
  /** The bodies of what can be received now, or within the time; they stay invisible afterwards. */
  receive(waitSeconds?: number): Promise<string[]>;
  /** Waits for so many, also for what is held back a while, and takes no more than them. */
  take(count: number): Promise<string[]>;
  /** Roughly how many lie there: now, and held back. */
  counts(): Promise<{ ready: number; delayed: number }>;
}

/** ReceiveMessage hands out no more. */
const RECEIVE_BATCH_SIZE = 10;

/** An emulator of our own, or the engine at the given address; ended, or cleared, when the test file is done. */
export async function startSqs(endpointUrl?: string): Promise<Sqs> {
  const url = endpointUrl ?? (await startEmulator());
  const clients: SQSClient[] = [];
  const queues: string[] = [];
  const client = () => {
    const settings = clientSettings({ region: REGION, endpointUrl: url });
    const made = new SQSClient({ ...settings, credentials: CREDENTIALS });
    clients.push(made);
    return made;
  };
  const owner = client();
  afterAll(async () => {
    for (const QueueUrl of queues) await owner.send(new DeleteQueueCommand({ QueueUrl }));
    for (const made of clients) made.destroy();
  });
  return {
    endpointUrl: url,
    client,
    async queue(attributes = {}) {
      const name = `test-${randomUUID().slice(0, 8)}`;
      const { QueueUrl = '' } = await owner.send(
        new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
      );
      queues.push(QueueUrl);
      // Emulators name the queue by a host of their own; the path is what counts.
      return queueAt(owner, new URL(new URL(QueueUrl).pathname, url).href);
    },
  };
}

async function queueAt(sqs: SQSClient, QueueUrl: string): Promise<TestQueue> {
  const ask = async () =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};
  async function receive(most: number, waitSeconds: number) {
    const command = { QueueUrl, MaxNumberOfMessages: most, WaitTimeSeconds: waitSeconds };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
    return Messages.map(({ Body = '' }) => Body);
  }
  return {
    url: QueueUrl,
    arn: (await ask()).QueueArn ?? '',
    async send(body) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
    },
    receive: (waitSeconds = 0) => receive(RECEIVE_BATCH_SIZE, waitSeconds),
    async take(count) {
      const taken: string[] = [];
      // A poll no longer than the client waits for an answer.
      for (let polls = 0; taken.length < count; polls += 1) {
        if (polls === 20) throw new Error(`${count} messages were awaited, ${taken.length} came`);
        taken.push(...(await receive(Math.min(count - taken.length, RECEIVE_BATCH_SIZE), 1)));
      }
      return taken;
    },
    async counts() {
      const found = await ask();
      return {
        ready: Number(found.ApproximateNumberOfMessages),
        delayed: Number(found.ApproximateNumberOfMessagesDelayed),
      };
    },
  };
}

async function startEmulator(): Promise<string> {
  const server = await startFauxqs({ port: 0, logger: false, defaultRegion: REGION });
  afterAll(() => server.stop());
  return `http://127.0.0.1:${server.port}`;
}
