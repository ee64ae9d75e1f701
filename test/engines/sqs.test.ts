import { expect, it } from 'vitest';
import { createLambda } from '#app/worker/lambda.ts';
import { sqsQueueContract } from '../contracts/sqs-queue.ts';
import { awsWorker } from '../fakes/aws-worker.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { processBatch } from '../fakes/event-source.ts';
import { message } from '../fakes/messages.ts';
import { startSqs } from '../fakes/sqs.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';
import { canRun } from './needs.ts';

/** ElasticMQ or the SQS of an account, when the environment names it. */
const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SQS = AWS_ENDPOINT_URL } = process.env;
const { AWS_ENDPOINT_URL_DYNAMODB = AWS_ENDPOINT_URL } = process.env;
canRun('sqs', AWS_ENDPOINT_URL_SQS === undefined ? ['no AWS_ENDPOINT_URL_SQS; fauxqs stands in'] : []);
const sqs = await startSqs(AWS_ENDPOINT_URL_SQS);
const dynamoDb = await startDynamoDb(AWS_ENDPOINT_URL_DYNAMODB);

sqsQueueContract(`SQS (${AWS_ENDPOINT_URL_SQS ?? 'fauxqs'})`, sqs, dynamoDb);

/** The value of the infrastructure. */
const MAX_RECEIVES = 8;

it('moves only a wake-up that always fails to the dead-letter queue', async () => {
  const dead = await sqs.queue();
  const queue = await sqs.queue({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: MAX_RECEIVES }),
  });
  const worker = awsWorker({
    ...{ clock, dynamoDb, sqs, queueUrl: queue.url },
    tables: await dynamoDb.tables(),
  });
  // Retries at once instead of after the back-off.
  const changeVisibility = (receipt: string) => worker.receiving.changeVisibility(receipt, 0);
  const handler = createLambda({ ...worker, changeVisibility, clock, jitter: () => 0 });
  await worker.deliver([message('What is zakat?', { sentAt: clock.now() })]);
  await queue.send('malformed');

  let receives = 0;
  while ((await dead.counts()).ready === 0 && receives <= MAX_RECEIVES) {
    const { failed } = await processBatch({
      ...{ sqs: worker.wire, queueUrl: queue.url, batchSize: 10, visibilitySeconds: 60 },
      invoke: (event) => handler(event, { getRemainingTimeInMillis: () => 600_000 }),
    });
    receives += failed.length;
  }
  expect(receives).toBe(MAX_RECEIVES);
  expect(await dead.take(1)).toEqual(['malformed']);
  expect(worker.channel.sent).toHaveLength(1);
});
