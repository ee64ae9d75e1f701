import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../simulator/random.ts';
import type { Scenario } from '../scenarios.ts';
import type { Trouble } from '../storm.ts';
import { type Crew, doorAndWorkers } from './door-and-workers.ts';
import { dynamoDbFaults, sqsFaults } from './faults.ts';

const CONVERSATIONS = 100;

/** The same promises over DynamoDB and SQS, with door and workers as processes of their own. */
export const AWS_SCENARIOS: Readonly<Record<string, Scenario>> = {
  'aws-kill': {
    name: 'AWS: kill -9 of door and workers at random',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 18_000,
      patienceMs: 200_000,
      thinksMs: 300,
      simulator: {
        faults: [{ kind: 'duplicate', times: 2, chance: 0.1 }],
      },
      cast: doorAndWorkers({ trouble: killed }),
    }),
  },
  'aws-freeze': {
    name: 'AWS: a worker stopped past its leases, and continued',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 24_000,
      patienceMs: 200_000,
      // Slow enough for each worker to be in the middle of several turns and sends when it is stopped.
      thinksMs: 1_000,
      simulator: { faults: [{ kind: 'slow', ms: 1_500, chance: 0.3 }] },
      cast: doorAndWorkers({ trouble: frozen }),
    }),
  },
  'aws-wire': {
    name: 'AWS: DynamoDB throttled and cut, wake-ups lost, doubled, late',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 15_000,
      againAfterMs: 8_000,
      patienceMs: 200_000,
      thinksMs: 100,
      simulator: {
        faults: [
          { kind: 'duplicate', times: 2, chance: 0.2 },
          { kind: 'shuffle', withinMs: 300, chance: 0.2 },
        ],
      },
      cast: doorAndWorkers({
        dynamoDb: () => dynamoDbFaults(seededRandom(5), performance.now.bind(performance)),
        sqs: () => sqsFaults(seededRandom(6)),
      }),
    }),
  },
};

/** Each lives for some seconds, the door for fewer: its deliveries are what must not be lost. */
async function killed({ door, workers }: Crew, over: AbortSignal): Promise<Trouble> {
  const random = seededRandom(4);
  const counts = { kills: 0, workerKills: 0 };
  const life = (shortestMs: number) => sleep(shortestMs * (1 + random()), undefined, { signal: over });
  const doors = (async () => {
    for (;;) {
      await life(1_500);
      await door.kill();
      counts.kills += 1;
      await door.start();
    }
  })();
  const each = workers.map(async (worker) => {
    for (;;) {
      await life(2_000);
      await worker.kill();
      counts.workerKills += 1;
      worker.start();
    }
  });
  await Promise.allSettled([doors, ...each]);
  return counts;
}

const BEFORE_FREEZING_MS = 2_500;
/** Longer than a lease, shorter than the time after which a send of unknown outcome is repeated. */
const FROZEN_MS = 13_000;

async function frozen({ workers }: Crew, over: AbortSignal): Promise<Trouble> {
  let freezes = 0;
  while (!over.aborted) {
    for (const worker of workers) {
      await sleep(BEFORE_FREEZING_MS);
      if (over.aborted) break;
      worker.freeze();
      freezes += 1;
      await sleep(FROZEN_MS);
      worker.thaw();
    }
  }
  return { freezes };
}
