import { shippedWorkerContract } from '../../contracts/shipped-worker.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { startSqs } from '../../fakes/sqs.ts';

shippedWorkerContract('fauxqs and dynalite', await startSqs(), await startDynamoDb());
