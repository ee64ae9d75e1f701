/** The bodies of requests and responses, of which the OpenAPI document and its test take the schemas. */
import { z } from 'zod';
import { ERROR_CODES } from '../../app/http/respond.ts';

const timestamp = z.int().meta({ description: 'Seconds since 1970, when the response was made' });
const version = z.string().meta({ description: 'Of package.json' });
const count = z.int().min(0);

const message = z.string().meta({ description: 'For humans. May change; holds no personal data' });

export const BODIES = {
  Success: z.object({ success: z.literal(true), message, timestamp }),
  Failure: z
    .object({
      success: z.literal(false),
      message,
      timestamp,
      error_code: z.enum(ERROR_CODES).meta({ description: 'For programs. Never changes' }),
    })
    .meta({ description: 'The body of every response that reports a problem, but for /ready' }),
  Home: z.object({ status: z.literal('ok'), message, version, timestamp }),
  Health: z.object({
    status: z.literal('healthy'),
    service: z.literal('ansari-whatsapp'),
    version,
    uptime_seconds: count,
    timestamp,
  }),
  Ready: z.object({ ready: z.literal(true), timestamp }),
  NotReady: z.object({
    ready: z.literal(false),
    reason: z.string().meta({ description: 'What does not answer. Holds no message of an unexpected error' }),
    timestamp,
  }),
  CacheFigures: z
    .object({
      cache: z.object({
        size: count,
        max_size: count,
        ttl_seconds: count,
        hits: count,
        misses: count,
        hit_rate: z.number().min(0).max(1),
        negative: count.meta({ description: 'Look-ups that the cache knew to have no business' }),
        stale: count.meta({
          description: 'Look-ups answered by an expired entry, while the database was away',
        }),
        evictions: count,
        failures: count,
      }),
      connection_pool: z.object({
        max_pool_size: count,
        min_pool_size: count,
        in_use: count,
        available: count,
      }),
      timestamp,
    })
    .meta({ description: 'The cache of businesses; all zero when BUSINESSES is not mongodb' }),
  MetaDelivery: z
    .object({
      object: z.string().meta({ description: '`whatsapp_business_account`; others are counted' }),
      entry: z.array(z.unknown()).meta({
        description: 'As Meta documents it. Unknown fields, types and shapes are counted, never refused',
      }),
    })
    .meta({ description: 'Up to 1,000 updates of several businesses' }),
  TwilioDelivery: z
    .object({
      MessageSid: z.string(),
      From: z.string().optional(),
      To: z.string().optional(),
      Body: z.string().optional(),
      MessageStatus: z.string().optional().meta({ description: 'Of a part of ours; absent: a message' }),
    })
    .meta({ description: 'One message or one status. Further fields are signed too, and may be new' }),
};

export type BodyName = keyof typeof BODIES;

/** Returns the JSON Schema of each body, by its name, with references into `#/components/schemas`. */
export function bodySchemas(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(BODIES).map(([name, schema]) => {
      // As input: a client must accept fields that are added later.
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
      return [name, rest];
    }),
  );
}
