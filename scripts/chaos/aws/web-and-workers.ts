import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppProcess } from '../app-process.ts';
import type { Counts, Processes, ProcessOptions } from '../run.ts';
import { startEmulators } from './emulators.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { type Faults, noFaults } from './faults.ts';
import { createResources } from './resources.ts';
import { WorkerProcess } from './worker-process.ts';

/** The processes that run in AWS. There are two workers, so that one can take over from the other. */
export interface AwsProcesses {
  readonly web: AppProcess;
  readonly workers: readonly WorkerProcess[];
}

interface Faulty {
  readonly disrupt?: (processes: AwsProcesses, signal: AbortSignal) => Promise<Counts>;
  readonly dynamoDb?: () => Faults;
  readonly sqs?: () => Faults;
}

const WORKERS = ['one', 'two'];

/**
 * Returns a function that starts a web service and two workers, each as a process, over DynamoDB and SQS. Calls to the
 * two services go through proxies that inject faults.
 */
export function webAndWorkers({ disrupt, dynamoDb = noFaults, sqs = noFaults }: Faulty) {
  return async ({ folder, port, environment }: ProcessOptions): Promise<Processes> => {
    const { AWS_REGION = 'us-west-2' } = process.env;
    // Emulators accept any credentials, but the SDK must have some to sign with.
    const { AWS_ACCESS_KEY_ID = 'local', AWS_SECRET_ACCESS_KEY = 'local' } = process.env;
    const emulators = await startEmulators(process.env, folder);
    const resources = await createResources(emulators, {
      region: AWS_REGION,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });
    const faults = { dynamoDb: dynamoDb(), sqs: sqs() };
    const toDynamoDb = await startFaultProxy(emulators.dynamoDbUrl, faults.dynamoDb.fate);
    const toSqs = await startFaultProxy(emulators.sqsUrl, faults.sqs.fate);
    const common = {
      ...environment,
      ...resources.environment,
      ...{ STORE: 'dynamodb', QUEUE: 'sqs' },
      ...{ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION },
      AWS_ENDPOINT_URL_DYNAMODB: toDynamoDb.url,
      AWS_ENDPOINT_URL_SQS: toSqs.url,
    };
    const web = new AppProcess(port, common, join(folder, 'web.log'));
    const workers = WORKERS.map((name) => new WorkerProcess(common, join(folder, `worker-${name}.log`)));
    for (const worker of workers) worker.start();
    await web.start();

    return {
      disrupt: async (signal) => disrupt?.({ web, workers }, signal) ?? {},
      async close() {
        await Promise.all([web, ...workers].map((process) => process.terminate()));
        await Promise.all([toDynamoDb.close(), toSqs.close()]);
        await resources.close();
        await emulators.close();
        const unexpectedExits = workers.reduce((sum, worker) => sum + worker.unexpectedExits, 0);
        return { unexpectedExits, ...faults.dynamoDb.counts, ...faults.sqs.counts, ...fromLogs(folder) };
      },
    };
  };
}

/** Counts from the logs of the workers: leases lost to the other worker, and work whose wake-up was lost. */
function fromLogs(folder: string): Counts {
  const logs = readdirSync(folder)
    .filter((file) => file.startsWith('worker-'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
  const count = (text: string) => logs.split(text).length - 1;
  return { leasesLost: count('"outcome":"lost"'), sweptUp: count('whose wake-up did not come') };
}
