import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * `before`: the process dies as it is about to write. `after`: it dies with the write done and the answer not heard.
 * `unheard`: the answer is lost, and the SDK repeats the call as it does after a time-out.
 */
export type Fault = 'before' | 'after' | 'unheard';

export interface Doomed {
  readonly client: DynamoDBClient;
  /** Whether the fault has come. */
  hit(): boolean;
}

/** Makes the given client fail at its n-th write, from 1; a process that died says nothing more to the store. */
export function failingAtWrite(client: DynamoDBClient, n: number, fault: Fault): Doomed {
  const wire = client.config.requestHandler;
  const handle = wire.handle.bind(wire);
  let writes = 0;
  let dead = false;
  let hit = false;
  wire.handle = async (request, options) => {
    if (dead) throw new Error('this process is dead');
    if (/\.(Put|Update|Delete)Item$/.test(request.headers['x-amz-target'] ?? '')) writes += 1;
    if (hit || writes < n) return handle(request, options);
    hit = true;
    if (fault !== 'unheard') dead = true;
    if (fault === 'before') throw new Error('killed before the write');
    await handle(request, options);
    throw Object.assign(new Error('killed after the write'), fault === 'unheard' && { name: 'TimeoutError' });
  };
  return { client, hit: () => hit };
}
