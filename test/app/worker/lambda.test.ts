import { lambdaContract } from '../../contracts/lambda.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { startSqs } from '../../fakes/sqs.ts';

lambdaContract('fauxqs and dynalite', await startSqs(), await startDynamoDb());
