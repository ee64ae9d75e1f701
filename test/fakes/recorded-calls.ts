import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';

/** What ports call in AWS. */
export interface RecordedCalls {
  /** Each with the method of a port that made it: `claim dynamodb:Query stage/index/by-time`. In order of text, each once. */
  list(): string[];
  /** Records the calls of the client from now on. */
  of<Client extends DynamoDBClient | SQSClient>(client: Client): Client;
  /** Returns the port with methods under whose names calls are recorded. */
  by<Port extends object>(port: Port): Port;
}

const INPUT = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).default({}),
});

export function recordedCalls(): RecordedCalls {
  const calls = new Set<string>();
  const caller = new AsyncLocalStorage<string>();

  /** `target` is the header of the call: `DynamoDB_20120810.PutItem`. */
  function record(target: string, body: string): void {
    const method = caller.getStore();
    if (method === undefined) return;
    const [service, action] = target.split('.');
    if (service === 'AmazonSQS') return void calls.add(`${method} sqs:${action} turns`);
    const { TableName, IndexName, RequestItems } = INPUT.parse(JSON.parse(body));
    for (const table of TableName === undefined ? Object.keys(RequestItems) : [TableName]) {
      const place =
        table.replace(/^test-[0-9a-f]+-/, '') + (IndexName === undefined ? '' : `/index/${IndexName}`);
      calls.add(`${method} dynamodb:${action} ${place}`);
    }
  }

  return {
    list: () => [...calls].sort(),
    of(client) {
      const { requestHandler } = client.config;
      const handle = requestHandler.handle.bind(requestHandler);
      requestHandler.handle = async (...args: Parameters<typeof handle>) => {
        const [{ headers, body }] = args;
        record(headers['x-amz-target'] ?? '', String(body));
        return handle(...args);
      };
      return client;
    },
    by: (port) =>
      new Proxy(port, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => caller.run(String(name), () => Reflect.apply(value, target, args));
        },
      }),
  };
}
