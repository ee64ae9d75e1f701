import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppProcess } from '../app-process.ts';
import type { Cast, Place, Trouble } from '../storm.ts';
import { startEngines } from './engines.ts';
import { type Faults, noFaults } from './faults.ts';
import { makeResources } from './resources.ts';
import { startWire } from './wire.ts';
import { WorkerProcess } from './worker-process.ts';

/** What runs in AWS, on this machine: two workers, so that one can take over from the other. */
export interface Crew {
  readonly door: AppProcess;
  readonly workers: readonly WorkerProcess[];
}

interface Circumstances {
  readonly trouble?: (crew: Crew, over: AbortSignal) => Promise<Trouble>;
  readonly dynamoDb?: () => Faults;
  readonly sqs?: () => Faults;
}

const WORKERS = ['one', 'two'];

/** A door and two workers, each a process, over DynamoDB and SQS; all that they say to the two may go wrong. */
export function doorAndWorkers({ trouble, dynamoDb = noFaults, sqs = noFaults }: Circumstances) {
  return async ({ folder, port, environment }: Place): Promise<Cast> => {
    const { AWS_REGION = 'us-west-2' } = process.env;
    // The emulators believe anybody; the SDK wants to sign all the same.
    const { AWS_ACCESS_KEY_ID = 'local', AWS_SECRET_ACCESS_KEY = 'local' } = process.env;
    const engines = await startEngines(process.env, folder);
    const resources = await makeResources(engines, {
      region: AWS_REGION,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });
    const faults = { dynamoDb: dynamoDb(), sqs: sqs() };
    const toDynamoDb = await startWire(engines.dynamoDbUrl, faults.dynamoDb.fate);
    const toSqs = await startWire(engines.sqsUrl, faults.sqs.fate);
    const common = {
      ...environment,
      ...resources.environment,
      ...{ STORE: 'dynamodb', QUEUE: 'sqs' },
      ...{ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION },
      AWS_ENDPOINT_URL_DYNAMODB: toDynamoDb.url,
      AWS_ENDPOINT_URL_SQS: toSqs.url,
    };
    const door = new AppProcess(port, common, join(folder, 'door.log'));
    const workers = WORKERS.map((name) => new WorkerProcess(common, join(folder, `worker-${name}.log`)));
    for (const worker of workers) worker.start();
    await door.start();

    return {
      trouble: async (over) => trouble?.({ door, workers }, over) ?? {},
      async close() {
        await Promise.all([door, ...workers].map((one) => one.terminate()));
        await Promise.all([toDynamoDb.close(), toSqs.close()]);
        await resources.close();
        await engines.close();
        const falls = workers.reduce((sum, worker) => sum + worker.falls, 0);
        return { falls, ...faults.dynamoDb.counts, ...faults.sqs.counts, ...fromLogs(folder) };
      },
    };
  };
}

/** What the workers themselves saw: leases that went to the other one, and work whose wake-up was lost. */
function fromLogs(folder: string): Trouble {
  const logs = readdirSync(folder)
    .filter((file) => file.startsWith('worker-'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
  const count = (words: string) => logs.split(words).length - 1;
  return { leasesLost: count('"outcome":"lost"'), sweptUp: count('whose wake-up did not come') };
}
