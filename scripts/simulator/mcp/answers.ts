import { z } from 'zod';
import { STEP_NAMES } from '../../../app/ports/tracer.ts';
import type { ControlClient } from '../control-client.ts';

/** What the control routes answer, as far as it is used here. */

const entry = { id: z.string(), at: z.number() };
const optionalText = z.string().optional();
const optionalNumber = z.number().optional();
const entrySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    ...entry,
    name: z.enum(STEP_NAMES),
    ...{ message: optionalText, bubble: optionalText, turn: optionalText, outcome: optionalText },
    ...{ code: optionalText, attempt: optionalNumber, part: optionalNumber, parts: optionalNumber },
    ms: optionalNumber,
  }),
  z.object({
    type: z.literal('hop'),
    ...entry,
    kind: z.enum(['delivery', 'api', 'assistant']),
    ...{ method: z.string(), url: z.string(), ms: optionalNumber, status: optionalNumber },
    ...{ failure: optionalText, fault: optionalText, attempt: optionalNumber, turn: optionalText },
    messages: z.array(z.string()),
    resent: z.literal(true).optional(),
  }),
  z.object({ type: z.literal('note'), ...entry, text: z.string() }),
]);
export type ReadEntry = z.infer<typeof entrySchema>;
const timelineSchema = z.object({ person: z.string(), entries: z.array(entrySchema) });

const bubbleSchema = z.looseObject({
  id: z.string(),
  order: z.number(),
  by: z.enum(['person', 'business']),
  at: z.number(),
  content: z.looseObject({ kind: z.string() }),
  to: optionalText,
  progress: z.string(),
  code: optionalNumber,
});
const personFields = { id: z.string(), name: z.string(), typing: z.boolean(), phoneOff: z.boolean() };
const stateSchema = z.looseObject({
  channel: z.string(),
  app: z.union([z.string(), z.number()]),
  faults: z.array(z.looseObject({ kind: z.string() })),
  chats: z.array(z.looseObject({ ...personFields, last: bubbleSchema.nullable() })),
});
const chatSchema = z.looseObject({ ...personFields, bubbles: z.array(bubbleSchema) });
export type ReadBubble = z.infer<typeof bubbleSchema>;

export const stateOf = (control: ControlClient) => control.get('state', stateSchema);

export const chatOf = (control: ControlClient, person: string) =>
  control.get(`chats/${encodeURIComponent(person)}`, chatSchema);

/** Resolves to the entries by time. */
export async function entriesOf(
  control: ControlClient,
  person: string,
  message?: string,
): Promise<readonly ReadEntry[]> {
  const query = new URLSearchParams({ person, ...(message === undefined ? {} : { message }) });
  return (await control.get(`timeline?${query}`, timelineSchema)).entries;
}

/** Resolves to the person, or to the first one of the simulator. */
export async function personOr(control: ControlClient, person: string | undefined): Promise<string> {
  return person ?? (await stateOf(control)).chats[0]?.id ?? '15550000001';
}
