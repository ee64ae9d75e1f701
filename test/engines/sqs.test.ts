import { sqsQueueContract } from '../contracts/sqs-queue.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { startSqs } from '../fakes/sqs.ts';
import { canRun } from './needs.ts';

/** ElasticMQ, or an account's SQS, where the environment names it. */
const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SQS = AWS_ENDPOINT_URL } = process.env;
const { AWS_ENDPOINT_URL_DYNAMODB = AWS_ENDPOINT_URL } = process.env;
canRun('sqs', AWS_ENDPOINT_URL_SQS === undefined ? ['no AWS_ENDPOINT_URL_SQS; fauxqs stands in'] : []);

sqsQueueContract(
  `SQS (${AWS_ENDPOINT_URL_SQS ?? 'fauxqs'})`,
  await startSqs(AWS_ENDPOINT_URL_SQS),
  await startDynamoDb(AWS_ENDPOINT_URL_DYNAMODB),
);
