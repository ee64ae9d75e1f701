import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientSettings } from '#app/aws/client.ts';
import { awsUnavailable } from '#app/aws/errors.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { CREDENTIALS, REGION } from '../../fakes/dynamodb.ts';

/** A server that responds with one error in the format of DynamoDB. */
async function failingServer(status: number, type: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message: 'key 15550001111' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function errorFrom(endpointUrl: string): Promise<Unavailable> {
  const client = new DynamoDBClient({
    ...clientSettings({ region: REGION, endpointUrl }),
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  const failure = await client
    .send(new GetItemCommand({ TableName: 't', Key: { conversation: { S: 'x' } } }))
    .catch((error: unknown) => error);
  return awsUnavailable(failure, 'DynamoDB table t in us-west-2');
}

describe('an error of AWS', () => {
  it.each([
    [400, 'ResourceNotFoundException', 'not found'],
    [400, 'AccessDeniedException', 'no permission'],
    [400, 'ExpiredTokenException', 'have expired'],
    [400, 'UnrecognizedClientException', 'does not know these credentials'],
    [400, 'InvalidSignatureException', 'does not know these credentials'],
    [400, 'ProvisionedThroughputExceededException', 'throttles'],
    [400, 'ThrottlingException', 'throttles'],
    [500, 'InternalServerError', 'AWS failed'],
    [503, 'ServiceUnavailable', 'AWS failed'],
  ])(
    '%i %s names what an operator can do, without the content of the request',
    async (status, type, advice) => {
      const error = await errorFrom(await failingServer(status, type));
      expect(error).toBeInstanceOf(Unavailable);
      expect(error).toMatchObject({ code: type, scope: 'app' });
      expect(error.message).toMatch(/^DynamoDB table t in us-west-2: /);
      expect(error.message).toContain(advice);
      expect(error.message).not.toContain('15550001111');
    },
  );

  it('of the network is reported as unreachable', async () => {
    const error = await errorFrom('http://127.0.0.1:1');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error.message).toContain('cannot be reached');
  });
});
