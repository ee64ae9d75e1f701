import { z } from 'zod';
import { parseJson } from '../../app/json.ts';
import { STEP_NAMES } from '../../app/ports/tracer.ts';
import { STEP_EVENT } from '../../app/tracing/log-steps.ts';

/** A line of the log with a step. `who`, `message` and `sent` are hashes of a conversation and of the platform's ids. */
const schema = z.object({
  event: z.literal(STEP_EVENT),
  time: z.iso.datetime().transform((time) => Date.parse(time)),
  step: z.enum(STEP_NAMES),
  who: z.string().optional(),
  message: z.string().optional(),
  turn: z.string().optional(),
  attempt: z.number().optional(),
  part: z.number().optional(),
  parts: z.number().optional(),
  sent: z.string().optional(),
  outcome: z.string().optional(),
  code: z.string().optional(),
  ms: z.number().optional(),
});

/** `time` in milliseconds since 1970. */
export type StepLine = z.infer<typeof schema>;

/**
 * Returns the step of a line, or undefined for any other line. What stands before the object is skipped: journald, Docker
 * and `npm run dev` write the time or the name of a program there.
 */
export function readStepLine(line: string): StepLine | undefined {
  const start = line.indexOf('{');
  if (start < 0 || !line.includes(STEP_EVENT, start)) return undefined;
  return schema.safeParse(parseJson(line.slice(start))).data;
}
