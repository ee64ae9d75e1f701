import { z } from 'zod';
import { parseJson } from '../../app/json.ts';
import { STEP_NAMES } from '../../app/ports/tracer.ts';
import { STEP_EVENT } from '../../app/tracing/log-steps.ts';

const text = z.string().optional();
const count = z.number().optional();

/** A line of the log with a step. `who`, `message` and `sent` are hashes of a conversation and of the platform's ids. */
export const stepLineSchema = z.object({
  event: z.literal(STEP_EVENT),
  time: z.iso.datetime(),
  step: z.enum(STEP_NAMES),
  ...{ who: text, message: text, turn: text, sent: text, outcome: text, code: text },
  ...{ attempt: count, part: count, parts: count, ms: count },
});
export type StepLine = z.infer<typeof stepLineSchema>;

/**
 * Returns the step of a line, or undefined for any other line. What stands before the object is skipped: journald, Docker
 * and `npm run dev` write the time or the name of a program there.
 */
export function readStepLine(line: string): StepLine | undefined {
  const start = line.indexOf('{');
  if (start < 0 || !line.includes(STEP_EVENT, start)) return undefined;
  return stepLineSchema.safeParse(parseJson(line.slice(start))).data;
}
