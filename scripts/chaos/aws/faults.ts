import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../../simulator/random.ts';
import type { Call, Fate } from './fault-proxy.ts';

/** Decides what happens to calls, and counts the faults. */
export interface Faults {
  readonly fate: (call: Call) => Fate | undefined;
  readonly counts: Record<string, number>;
}

/** Longer than a call may take. */
const STALL_MS = 2_500;
/** Longer than the SDK goes on asking when it is throttled. */
const BURST_MS = 600;
const EVERY_MS = 4_000;

const NO_FAULTS = { fate: () => undefined, counts: {} } satisfies Faults;
export const noFaults = (): Faults => NO_FAULTS;

/**
 * Faults of DynamoDB. One call in a hundred is throttled, and nearly all of them for a moment every few seconds.
 * Connections are reset before the call or before its response. Some responses come too late.
 */
export function dynamoDbFaults(random: Random, now: () => number): Faults {
  const counts = { throttled: 0, cut: 0, responsesLost: 0 };
  function fate(): Fate | undefined {
    const burst = now() % EVERY_MS < BURST_MS;
    if (random() < (burst ? 0.9 : 0.01)) {
      counts.throttled += 1;
      return throttled(random());
    }
    const chance = random();
    if (chance < 0.005) {
      counts.cut += 1;
      return { kind: 'reset', forwarded: false };
    }
    if (chance < 0.012) {
      counts.responsesLost += 1;
      return chance < 0.01 ? { kind: 'reset', forwarded: true } : { kind: 'delay', ms: STALL_MS };
    }
    return undefined;
  }
  return { fate, counts };
}

function throttled(chance: number): Fate {
  const name = chance < 0.5 ? 'ProvisionedThroughputExceededException' : 'ThrottlingException';
  const __type = `com.amazonaws.dynamodb.v20120810#${name}`;
  return {
    kind: 'respond',
    status: 400,
    body: JSON.stringify({ __type, message: 'The level of configured throughput was exceeded.' }),
  };
}

const SEND = z.looseObject({ MessageBody: z.string(), DelaySeconds: z.number().default(0) });
const RECEIVE = z.looseObject({ VisibilityTimeout: z.number() });
const RECEIVED = z.looseObject({ Messages: z.array(z.unknown()).default([]) });

/**
 * Faults that SQS allows for standard queues ("at-least-once delivery", "best-effort ordering"): wake-ups arrive twice,
 * late, shuffled, and after they were deleted. Beyond that some are lost, and some connections are reset.
 */
export function sqsFaults(random: Random): Faults {
  const counts = { wakeUpsLost: 0, wakeUpsDuplicated: 0, wakeUpsLate: 0 };

  function faultOfSend(body: string): Fate {
    const request = SEND.parse(JSON.parse(body));
    const chance = random();
    if (chance < 0.1) {
      counts.wakeUpsLost += 1;
      const MD5OfMessageBody = createHash('md5').update(request.MessageBody).digest('hex');
      const MessageId = randomUUID();
      return { kind: 'respond', status: 200, body: JSON.stringify({ MD5OfMessageBody, MessageId }) };
    }
    if (chance < 0.3) {
      counts.wakeUpsDuplicated += 1;
      return { kind: 'forward', times: 2 };
    }
    if (chance < 0.5) {
      counts.wakeUpsLate += 1;
      const DelaySeconds = request.DelaySeconds + Math.ceil(random() * 4);
      return { kind: 'forward', body: JSON.stringify({ ...request, DelaySeconds }) };
    }
    return { kind: 'forward' };
  }

  function faultOfReceive(body: string): Fate {
    const request = RECEIVE.parse(JSON.parse(body));
    const changeResponse = (json: string) => {
      const received = RECEIVED.parse(JSON.parse(json));
      return JSON.stringify({ ...received, Messages: shuffled(received.Messages, random) });
    };
    if (random() >= 0.2) return { kind: 'forward', changeResponse };
    // Immediately visible again: the other worker receives it too.
    counts.wakeUpsDuplicated += 1;
    return { kind: 'forward', changeResponse, body: JSON.stringify({ ...request, VisibilityTimeout: 0 }) };
  }

  function faultOfDelete(): Fate | undefined {
    if (random() >= 0.1) return undefined;
    counts.wakeUpsDuplicated += 1;
    return { kind: 'respond', status: 200, body: '{}' };
  }

  function fate({ operation, body }: Call): Fate | undefined {
    if (random() < 0.01) return { kind: 'reset', forwarded: random() < 0.5 };
    if (operation === 'SendMessage') return faultOfSend(body);
    if (operation === 'ReceiveMessage') return faultOfReceive(body);
    if (operation === 'DeleteMessage') return faultOfDelete();
    return undefined;
  }
  return { fate, counts };
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, position: random() }))
    .sort((a, b) => a.position - b.position)
    .map(({ item }) => item);
}
