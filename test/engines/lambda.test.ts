import { lambdaContract } from '../contracts/lambda.ts';
import { pollingContract } from '../contracts/polling.ts';
import { shippedWorkerContract } from '../contracts/shipped-worker.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { startSqs } from '../fakes/sqs.ts';
import { canRun } from './needs.ts';

/** The contracts of the worker, over servers that are not from npm. */
const { AWS_ENDPOINT_URL } = process.env;
const { AWS_ENDPOINT_URL_SQS = AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB = AWS_ENDPOINT_URL } = process.env;
canRun('sqs', AWS_ENDPOINT_URL_SQS === undefined ? ['no AWS_ENDPOINT_URL_SQS; fauxqs stands in'] : []);

const name = `${AWS_ENDPOINT_URL_SQS ?? 'fauxqs'} and ${AWS_ENDPOINT_URL_DYNAMODB ?? 'dynalite'}`;
const sqs = await startSqs(AWS_ENDPOINT_URL_SQS);
const dynamoDb = await startDynamoDb(AWS_ENDPOINT_URL_DYNAMODB);
lambdaContract(name, sqs, dynamoDb);
pollingContract(name, sqs, dynamoDb);
shippedWorkerContract(name, sqs, dynamoDb);
