import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * `before`: the process crashes before the write. `after`: it crashes after the write and before the response.
 * `response-lost`: the response is lost, and the SDK repeats the call as after a time-out.
 */
export type Fault = 'before' | 'after' | 'response-lost';

export interface FailingClient {
  readonly client: DynamoDBClient;
  /** Whether the fault has occurred. */
  hasFailed(): boolean;
}

/** Makes the given client fail at its n-th write, from 1. After a crash, every call fails. */
export function failingAtWrite(client: DynamoDBClient, n: number, fault: Fault): FailingClient {
  const wire = client.config.requestHandler;
  const handle = wire.handle.bind(wire);
  let writes = 0;
  let hasCrashed = false;
  let hasFailed = false;
  wire.handle = async (request, options) => {
    if (hasCrashed) throw new Error('this process has crashed');
    if (/\.(Put|Update|Delete)Item$/.test(request.headers['x-amz-target'] ?? '')) writes += 1;
    if (hasFailed || writes < n) return handle(request, options);
    hasFailed = true;
    if (fault !== 'response-lost') hasCrashed = true;
    if (fault === 'before') throw new Error('killed before the write');
    await handle(request, options);
    throw Object.assign(
      new Error('killed after the write'),
      fault === 'response-lost' && { name: 'TimeoutError' },
    );
  };
  return { client, hasFailed: () => hasFailed };
}
