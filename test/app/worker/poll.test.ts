import { pollingContract } from '../../contracts/polling.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { startSqs } from '../../fakes/sqs.ts';

pollingContract('fauxqs and dynalite', await startSqs(), await startDynamoDb());
