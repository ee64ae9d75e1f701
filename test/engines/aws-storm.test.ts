import { describe, expect, it } from 'vitest';
import { AWS_SCENARIOS } from '../../scripts/chaos/aws/scenarios.ts';
import { runStorm } from '../../scripts/chaos/storm.ts';
import { canRun } from './needs.ts';

/** Enough for every kind of trouble to meet some turns; `npm run chaos` has more of them. */
const CONVERSATIONS = 40;

const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS } = process.env;
const real = [
  canRun('dynamodb', AWS_ENDPOINT_URL_DYNAMODB === undefined ? ['no AWS_ENDPOINT_URL_DYNAMODB'] : []),
  canRun('sqs', AWS_ENDPOINT_URL_SQS === undefined ? ['no AWS_ENDPOINT_URL_SQS'] : []),
].every(Boolean);

/** What must have happened, or the storm was none. */
const TROUBLE: Readonly<Record<string, readonly string[]>> = {
  'aws-kill': ['kills', 'workerKills'],
  'aws-freeze': ['freezes', 'leasesLost'],
  'aws-wire': ['throttled', 'cut', 'unheard', 'wakeUpsLost', 'wakeUpsDoubled', 'wakeUpsLate'],
};

describe.skipIf(!real)('door and workers as processes, over DynamoDB and SQS as they are', () => {
  it.each(Object.entries(AWS_SCENARIOS))('lose, double and reorder nothing: %s', async (key, { weather }) => {
    const { sent, answered, lost, duplicated, reordered, trouble } = await runStorm(weather(CONVERSATIONS));
    expect({ answered, lost, duplicated, reordered }).toEqual({
      ...{ answered: sent, lost: 0, duplicated: 0, reordered: 0 },
    });
    expect(sent).toBe(3 * CONVERSATIONS);
    for (const what of TROUBLE[key] ?? []) expect(trouble[what], what).toBeGreaterThan(0);
  });
});
