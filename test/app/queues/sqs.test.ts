import { describe, expect, it } from 'vitest';
import { readWakeUp } from '#app/queues/sqs.ts';
import { sqsQueueContract } from '../../contracts/sqs-queue.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { startSqs } from '../../fakes/sqs.ts';

sqsQueueContract('fauxqs', await startSqs(), await startDynamoDb());

describe('a wake-up', () => {
  it.each([
    '',
    'null',
    '{}',
    '[]',
    '{"conversation":""}',
    '{"conversation":7}',
    'not json',
    `{"conversation":"${'x'.repeat(129)}"}`,
  ])('cannot be %j', (body) => {
    expect(readWakeUp(body)).toBeUndefined();
  });
});
