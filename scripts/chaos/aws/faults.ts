import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../../simulator/random.ts';
import type { Call, Fate } from './wire.ts';

/** Decides over calls, and counts what it did to them. */
export interface Faults {
  readonly fate: (call: Call) => Fate | undefined;
  readonly counts: Record<string, number>;
}

/** Longer than a call may take. */
const STALL_MS = 2_500;
/** Longer than the SDK goes on asking when it is throttled. */
const BURST_MS = 600;
const EVERY_MS = 4_000;

const PASS = { fate: () => undefined, counts: {} } satisfies Faults;
export const noFaults = (): Faults => PASS;

/**
 * DynamoDB as it is on a bad day: one call in a hundred is throttled, and for a moment every few seconds nearly all of
 * them; connections are cut before the call or before its answer; some calls are done and answered too late.
 */
export function dynamoDbFaults(random: Random, now: () => number): Faults {
  const counts = { throttled: 0, cut: 0, unheard: 0 };
  function fate(): Fate | undefined {
    const burst = now() % EVERY_MS < BURST_MS;
    if (random() < (burst ? 0.9 : 0.01)) {
      counts.throttled += 1;
      return throttled(random());
    }
    const chance = random();
    if (chance < 0.005) {
      counts.cut += 1;
      return { kind: 'cut', asked: false };
    }
    if (chance < 0.012) {
      counts.unheard += 1;
      return chance < 0.01 ? { kind: 'cut', asked: true } : { kind: 'stalls', ms: STALL_MS };
    }
    return undefined;
  }
  return { fate, counts };
}

function throttled(chance: number): Fate {
  const name = chance < 0.5 ? 'ProvisionedThroughputExceededException' : 'ThrottlingException';
  const __type = `com.amazonaws.dynamodb.v20120810#${name}`;
  return {
    kind: 'answered',
    status: 400,
    body: JSON.stringify({ __type, message: 'The level of configured throughput was exceeded.' }),
  };
}

const SEND = z.looseObject({ MessageBody: z.string(), DelaySeconds: z.number().default(0) });
const RECEIVE = z.looseObject({ VisibilityTimeout: z.number() });
const RECEIVED = z.looseObject({ Messages: z.array(z.unknown()).default([]) });

/**
 * SQS as its standard queues may be ("at-least-once delivery", "best-effort ordering"): wake-ups come twice, late and
 * shuffled, and come again although they were deleted. Beyond that some never come, and some calls are cut.
 */
export function sqsFaults(random: Random): Faults {
  const counts = { wakeUpsLost: 0, wakeUpsDoubled: 0, wakeUpsLate: 0 };

  function sending(body: string): Fate {
    const asked = SEND.parse(JSON.parse(body));
    const chance = random();
    if (chance < 0.1) {
      counts.wakeUpsLost += 1;
      const MD5OfMessageBody = createHash('md5').update(asked.MessageBody).digest('hex');
      const MessageId = randomUUID();
      return { kind: 'answered', status: 200, body: JSON.stringify({ MD5OfMessageBody, MessageId }) };
    }
    if (chance < 0.3) {
      counts.wakeUpsDoubled += 1;
      return { kind: 'passes', times: 2 };
    }
    if (chance < 0.5) {
      counts.wakeUpsLate += 1;
      const DelaySeconds = asked.DelaySeconds + Math.ceil(random() * 4);
      return { kind: 'passes', body: JSON.stringify({ ...asked, DelaySeconds }) };
    }
    return { kind: 'passes' };
  }

  function receiving(body: string): Fate {
    const asked = RECEIVE.parse(JSON.parse(body));
    const answer = (words: string) => {
      const received = RECEIVED.parse(JSON.parse(words));
      return JSON.stringify({ ...received, Messages: shuffled(received.Messages, random) });
    };
    if (random() >= 0.2) return { kind: 'passes', answer };
    // Visible again at once: the other worker receives it too.
    counts.wakeUpsDoubled += 1;
    return { kind: 'passes', answer, body: JSON.stringify({ ...asked, VisibilityTimeout: 0 }) };
  }

  function deleting(): Fate | undefined {
    if (random() >= 0.1) return undefined;
    counts.wakeUpsDoubled += 1;
    return { kind: 'answered', status: 200, body: '{}' };
  }

  function fate({ operation, body }: Call): Fate | undefined {
    if (random() < 0.01) return { kind: 'cut', asked: random() < 0.5 };
    if (operation === 'SendMessage') return sending(body);
    if (operation === 'ReceiveMessage') return receiving(body);
    if (operation === 'DeleteMessage') return deleting();
    return undefined;
  }
  return { fate, counts };
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
