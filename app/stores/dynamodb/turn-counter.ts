import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { type AwsPlace, clientSettings } from '../../aws/client.ts';
import { openTable } from '../../aws/table.ts';
import type { TurnCounter } from '../../ports/turn-counter.ts';
import { turnsOfMinuteKey } from './items/keys.ts';
import { readItem } from './items/read.ts';

interface TurnCounterOptions extends AwsPlace {
  readonly conversationsTable: string;
  readonly client?: DynamoDBClient;
}

/** Long after the minute, whatever the clocks of the workers say. */
const KEPT_SECONDS = 3_600;

const counted = z.object({ turns: z.number() });

/**
 * Counts in one item for each business and minute: one write of half a kilobyte. A call that the SDK repeats, since its
 * response was lost, counts twice.
 */
export function createDynamoDbTurnCounter(options: TurnCounterOptions): TurnCounter {
  const client = options.client ?? new DynamoDBClient(clientSettings(options));
  const table = openTable(client, options.conversationsTable, options.region);
  return {
    async count(business, minute) {
      const item = await table.update(turnsOfMinuteKey(business, minute), {
        add: { turns: 1 },
        set: { expires_at: minute * 60 + KEPT_SECONDS },
      });
      return readItem(counted, item ?? {}).turns;
    },
  };
}
