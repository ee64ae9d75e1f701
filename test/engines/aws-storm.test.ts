import { describe, expect, it } from 'vitest';
import { AWS_SCENARIOS } from '#scripts/chaos/aws/scenarios.ts';
import { runScenario } from '#scripts/chaos/run.ts';
import { canRun } from './needs.ts';

/** Enough for every kind of fault to affect some turns. `npm run chaos` uses more. */
const CONVERSATIONS = 40;

const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS } = process.env;
const real = [
  canRun('dynamodb', AWS_ENDPOINT_URL_DYNAMODB === undefined ? ['no AWS_ENDPOINT_URL_DYNAMODB'] : []),
  canRun('sqs', AWS_ENDPOINT_URL_SQS === undefined ? ['no AWS_ENDPOINT_URL_SQS'] : []),
].every(Boolean);

/** Counts that must be above zero: otherwise the run tested nothing. */
const DISRUPTIONS: Readonly<Record<string, readonly string[]>> = {
  'aws-kill': ['kills', 'workerKills'],
  'aws-freeze': ['freezes', 'leasesLost'],
  'aws-wire': ['throttled', 'cut', 'responsesLost', 'wakeUpsLost', 'wakeUpsDuplicated', 'wakeUpsLate'],
};

describe.skipIf(!real)('web service and workers as processes, over real or emulated DynamoDB and SQS', () => {
  it.each(Object.entries(AWS_SCENARIOS))(
    'lose, duplicate and reorder nothing: %s',
    async (key, { create }) => {
      const { sent, answered, lost, duplicated, reordered, disruptions } = await runScenario(
        create(CONVERSATIONS),
      );
      expect({ answered, lost, duplicated, reordered }).toEqual({
        ...{ answered: sent, lost: 0, duplicated: 0, reordered: 0 },
      });
      expect(sent).toBe(3 * CONVERSATIONS);
      for (const name of DISRUPTIONS[key] ?? []) expect(disruptions[name], name).toBeGreaterThan(0);
    },
  );
});
