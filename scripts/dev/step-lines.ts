import { z } from 'zod';
import { STEP_NAMES } from '../../app/ports/tracer.ts';
import { STEP_EVENT } from '../../app/tracing/log-steps.ts';

const text = z.string().optional();
const count = z.number().optional();

/** A line of the app's log for one step of a message (app/tracing/log-steps.ts): ids of messages and people are hashed. */
export const loggedStepSchema = z.object({
  event: z.literal(STEP_EVENT),
  time: z.iso.datetime(),
  step: z.enum(STEP_NAMES),
  ...{ who: text, message: text, turn: text, sent: text, outcome: text, code: text },
  ...{ attempt: count, part: count, parts: count, ms: count },
});
export type LoggedStep = z.infer<typeof loggedStepSchema>;

/** Returns the step of a line; undefined for every other line. */
export function stepOfLine(line: string): LoggedStep | undefined {
  if (!line.includes(`"event":"${STEP_EVENT}"`)) return undefined;
  try {
    return loggedStepSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
