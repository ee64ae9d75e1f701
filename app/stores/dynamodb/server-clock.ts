import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';

export interface ServerClock extends Clock {
  /** How far the server's clock is ahead of this machine's; 0 while they agree within some seconds. */
  offsetMs(): number;
}

/** `Date` has whole seconds, and a response is some time under way: a smaller difference may be none. */
const MIN_SKEW_MS = 3_000;
/** A response that took longer may have been written at its beginning or at its end. */
const MAX_ROUND_TRIP_MS = 1_000;

const dated = z.object({ response: z.object({ headers: z.object({ date: z.string() }) }) });

/**
 * Returns the clock of the server that the client talks to: this machine's, corrected by the `Date` of each response (RFC 9110,
 * 6.6.1). Workers whose own clocks differ agree on it.
 */
export function serverClock(client: DynamoDBClient, clock: Clock): ServerClock {
  let offset = 0;

  function observe(output: unknown, sentAt: number): void {
    const read = dated.safeParse(output);
    const now = clock.now();
    if (now - sentAt > MAX_ROUND_TRIP_MS) return;
    const second = read.success ? Date.parse(read.data.response.headers.date) : Number.NaN;
    if (Number.isNaN(second)) return;
    const skew = second + 500 - (sentAt + now) / 2;
    offset = Math.abs(skew) < MIN_SKEW_MS ? 0 : Math.round(skew);
  }

  // Inside the SDK's own step, which turns the response into its result.
  client.middlewareStack.add(
    (next) => async (call) => {
      const sentAt = clock.now();
      const output = await next(call);
      observe(output, sentAt);
      return output;
    },
    { step: 'deserialize', priority: 'low', name: 'serverClock', override: true },
  );

  return {
    now: () => clock.now() + offset,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    offsetMs: () => offset,
  };
}
