import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll } from 'vitest';
import { clientSettings } from '#app/aws/client.ts';
import { TABLES, type TableShape } from '#app/aws/tables.ts';
import { createTable } from '#scripts/chaos/aws/resources.ts';

/** Emulators accept any credentials, but the SDK needs some to sign. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
export const REGION = 'us-west-2';

export interface TableNames {
  readonly conversationsTable: string;
  readonly stageTable: string;
  readonly triggerLockTable: string;
}

export interface DynamoDb {
  readonly endpointUrl: string;
  client(): DynamoDBClient;
  /** Creates three new tables. */
  tables(): Promise<TableNames>;
}

/** Starts an emulator, or uses the engine at the given address. Its tables are deleted when the test file is done. */
export async function startDynamoDb(endpointUrl?: string): Promise<DynamoDb> {
  const url = endpointUrl ?? (await startDynalite());
  const clients: DynamoDBClient[] = [];
  const client = () => {
    const settings = clientSettings({ region: REGION, endpointUrl: url });
    const made = new DynamoDBClient({ ...settings, credentials: CREDENTIALS });
    clients.push(made);
    return made;
  };
  const owner = client();
  const made: string[] = [];
  afterAll(async () => {
    if (endpointUrl !== undefined) {
      for (const TableName of made) await owner.send(new DeleteTableCommand({ TableName }));
    }
    for (const one of clients) one.destroy();
  });

  async function create(name: string, shape: TableShape): Promise<void> {
    made.push(name);
    await createTable(owner, name, shape);
  }

  return {
    endpointUrl: url,
    client,
    async tables() {
      const name = `test-${randomUUID().slice(0, 8)}`;
      const names = {
        conversationsTable: `${name}-conversations`,
        stageTable: `${name}-stage`,
        triggerLockTable: `${name}-trigger-lock`,
      };
      await Promise.all([
        create(names.conversationsTable, TABLES.conversations),
        create(names.stageTable, TABLES.stage),
        create(names.triggerLockTable, TABLES.triggerLock),
      ]);
      return names;
    },
  };
}

async function startDynalite(): Promise<string> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
