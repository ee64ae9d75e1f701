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
  /** Creates a new queue. */
  queue(attributes?: Record<string, string>): Promise<TestQueue>;
}

export interface TestQueue {
  readonly url: string;
  readonly arn: string;
  send(body: string): Promise<void>;
  /** Receives the bodies that are available within the time. They stay invisible afterwards. */
  receive(waitSeconds?: number): Promise<string[]>;
  /** Waits for so many messages, including delayed ones, and receives no more. */
  take(count: number): Promise<string[]>;
  /** The approximate numbers of available and delayed messages. */
  counts(): Promise<{ ready: number; delayed: number }>;
}

/** The maximum of ReceiveMessage. */
const RECEIVE_BATCH_SIZE = 10;

/** Starts an emulator, or uses the engine at the given address. Its queues are deleted when the test file is done. */
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
      // Emulators use their own host in the URL of a queue; only the path matters.
      return queueAt(owner, new URL(new URL(QueueUrl).pathname, url).href);
    },
  };
}

async function queueAt(sqs: SQSClient, QueueUrl: string): Promise<TestQueue> {
  const attributes = async () =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};
  async function receive(maxMessages: number, waitSeconds: number) {
    const command = { QueueUrl, MaxNumberOfMessages: maxMessages, WaitTimeSeconds: waitSeconds };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
    return Messages.map(({ Body = '' }) => Body);
  }
  return {
    url: QueueUrl,
    arn: (await attributes()).QueueArn ?? '',
    async send(body) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
    },
    receive: (waitSeconds = 0) => receive(RECEIVE_BATCH_SIZE, waitSeconds),
    async take(count) {
      const received: string[] = [];
      // Each poll is shorter than the response time-out of the client.
      for (let polls = 0; received.length < count; polls += 1) {
        if (polls === 20) throw new Error(`${count} messages were expected, ${received.length} arrived`);
        received.push(...(await receive(Math.min(count - received.length, RECEIVE_BATCH_SIZE), 1)));
      }
      return received;
    },
    async counts() {
      const found = await attributes();
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
