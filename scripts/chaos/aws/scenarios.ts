import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../simulator/random.ts';
import type { Counts } from '../run.ts';
import type { ScenarioDefinition } from '../scenarios.ts';
import { dynamoDbFaults, sqsFaults } from './faults.ts';
import { type AwsProcesses, webAndWorkers } from './web-and-workers.ts';

const CONVERSATIONS = 100;

/** The same promises over DynamoDB and SQS, with the web service and two workers as processes of their own. */
export const AWS_SCENARIOS: Readonly<Record<string, ScenarioDefinition>> = {
  'aws-kill': {
    name: 'AWS: kill -9 of web service and workers at random',
    conversations: CONVERSATIONS,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 18_000,
      timeoutMs: 200_000,
      assistantDelayMs: 300,
      simulator: {
        faults: [{ kind: 'duplicate', times: 2, chance: 0.1 }],
      },
      startProcesses: webAndWorkers({ disrupt: kill }),
    }),
  },
  'aws-freeze': {
    name: 'AWS: a worker stopped past its leases, and continued',
    conversations: CONVERSATIONS,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 24_000,
      timeoutMs: 200_000,
      // Slow enough that each worker is in the middle of several turns and sends when it is stopped.
      assistantDelayMs: 1_000,
      simulator: { faults: [{ kind: 'slow', ms: 1_500, chance: 0.3 }] },
      startProcesses: webAndWorkers({ disrupt: freeze }),
    }),
  },
  'aws-wire': {
    name: 'AWS: DynamoDB throttled and cut, wake-ups lost, doubled, late',
    conversations: CONVERSATIONS,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 15_000,
      repeatAfterMs: 8_000,
      timeoutMs: 200_000,
      assistantDelayMs: 100,
      simulator: {
        faults: [
          { kind: 'duplicate', times: 2, chance: 0.2 },
          { kind: 'shuffle', withinMs: 300, chance: 0.2 },
        ],
      },
      startProcesses: webAndWorkers({
        dynamoDb: () => dynamoDbFaults(seededRandom(5), performance.now.bind(performance)),
        sqs: () => sqsFaults(seededRandom(6)),
      }),
    }),
  },
};

/** Kills each process some seconds after its start, the web service sooner: its deliveries must not be lost. */
async function kill({ web, workers }: AwsProcesses, signal: AbortSignal): Promise<Counts> {
  const random = seededRandom(4);
  const counts = { kills: 0, workerKills: 0 };
  const lifetime = (minMs: number) => sleep(minMs * (1 + random()), undefined, { signal });
  const webKills = (async () => {
    for (;;) {
      await lifetime(1_500);
      await web.kill();
      counts.kills += 1;
      await web.start();
    }
  })();
  const workerKills = workers.map(async (worker) => {
    for (;;) {
      await lifetime(2_000);
      await worker.kill();
      counts.workerKills += 1;
      worker.start();
    }
  });
  await Promise.allSettled([webKills, ...workerKills]);
  return counts;
}

const BETWEEN_FREEZES_MS = 2_500;
/** Longer than a lease, shorter than the time after which a send of unknown outcome is repeated. */
const FROZEN_MS = 13_000;

async function freeze({ workers }: AwsProcesses, signal: AbortSignal): Promise<Counts> {
  let freezes = 0;
  while (!signal.aborted) {
    for (const worker of workers) {
      await sleep(BETWEEN_FREEZES_MS);
      if (signal.aborted) break;
      worker.freeze();
      freezes += 1;
      await sleep(FROZEN_MS);
      worker.resume();
    }
  }
  return { freezes };
}
