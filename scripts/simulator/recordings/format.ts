import { z } from 'zod';
import { businessContentSchema } from '../content/business.ts';
import { changeSchema, contentSchema } from '../content/person.ts';
import { CHANNELS } from '../options.ts';
import { newPersonSchema } from '../people.ts';

/** The format of the files. It changes only when an earlier file cannot be read any more. */
export const RECORDING_VERSION = 1;

const milliseconds = z.number().min(0);
const message = {
  id: z.string().min(1),
  /** After the first message. */
  afterMs: milliseconds,
  /** Id of the message that it quotes. */
  to: z.string().exactOptional(),
};

/** One chat: what the app was sent, what its assistant answered, and what the person saw. */
export const recordingSchema = z.strictObject({
  version: z.literal(RECORDING_VERSION),
  channel: z.enum(CHANNELS),
  /** Those of the app on which the replies depend. */
  settings: z.strictObject({ batchWindowMs: milliseconds, aiNotice: z.boolean() }),
  person: newPersonSchema.required({ name: true, userId: true }),
  /** In the order of the chat; those of the business are the expected parts. */
  messages: z.array(
    z.discriminatedUnion('by', [
      z.strictObject({
        by: z.literal('person'),
        ...message,
        content: z.union([contentSchema, changeSchema]),
      }),
      z.strictObject({ by: z.literal('business'), ...message, content: businessContentSchema }),
    ]),
  ),
  /** Each one that the app accepted, also a repeated one. Meta: the JSON. Twilio: the fields of the form. */
  deliveries: z
    .array(z.strictObject({ afterMs: milliseconds, body: z.record(z.string(), z.unknown()) }))
    .min(1),
  /** In the order of the questions. */
  answers: z.array(z.strictObject({ question: z.string(), answer: z.string() })),
});
export type Recording = z.infer<typeof recordingSchema>;
export type RecordedMessage = Recording['messages'][number];

/** What of a part is compared. `to`: id of the quoted message in the recording. */
const partSchema = z
  .object({ kind: z.string(), text: z.string(), to: z.string().exactOptional() })
  .readonly();
export type Part = z.infer<typeof partSchema>;

/** What became of a replay. `same`: the app sent what it sent when the chat was recorded. */
export const replayedSchema = z.object({
  person: z.string(),
  same: z.boolean(),
  expected: z.array(partSchema).readonly(),
  sent: z.array(partSchema).readonly(),
});
export type Replayed = z.infer<typeof replayedSchema>;

export function partOf({ content, to }: Pick<RecordedMessage, 'content' | 'to'>): Part {
  const text = ('text' in content ? content.text : undefined) ?? '';
  return { kind: content.kind, text, ...(to === undefined ? {} : { to }) };
}

/** Returns the parts that the app sent when the chat was recorded. */
export function partsOf({ messages }: Recording): readonly Part[] {
  return messages.filter(({ by }) => by === 'business').map(partOf);
}

/** Returns the content with another id of the message that it is about; `names` has the ids by the recorded ones. */
export function renamed<Content extends object>(
  content: Content,
  names: ReadonlyMap<string, string>,
): Content {
  if (!('to' in content) || typeof content.to !== 'string') return content;
  return { ...content, to: names.get(content.to) ?? content.to };
}
