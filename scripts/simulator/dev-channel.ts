/** The messages that `npm run dev` and its parts exchange over Node's IPC channel. */
import { z } from 'zod';
import { stepLineSchema } from '../tracing/step-line.ts';

const toPart = z.discriminatedUnion('kind', [
  /** The app starts with this environment; what it asks its assistant goes on to this address. */
  z.object({
    kind: z.literal('app-starts'),
    environment: z.record(z.string(), z.string()),
    assistantUrl: z.string(),
  }),
  /** A step of a message in the app. */
  z.object({ kind: z.literal('step'), step: stepLineSchema }),
  /** Why the app does not run, with what it printed, in lines; an empty text: it responds again. */
  z.object({ kind: z.literal('app-trouble'), text: z.string() }),
  /** The app responds, after a start. */
  z.object({ kind: z.literal('app-responds') }),
  /** A sentence about the app, for every timeline. */
  z.object({ kind: z.literal('note'), text: z.string() }),
]);

const fromPart = z.discriminatedUnion('kind', [
  /** `crash`: kill it and start it again. */
  z.object({ kind: z.literal('app'), action: z.enum(['crash', 'restart']) }),
  /** The clocks of the app and of the backend are to be ahead by this much. */
  z.object({ kind: z.literal('clock'), offsetMs: z.int().min(0) }),
]);

/** From `npm run dev` to a part. */
export type DevMessage = z.infer<typeof toPart>;
/** From a part to `npm run dev`. */
export type PartMessage = z.infer<typeof fromPart>;

/** Returns a message of the other side; undefined for anything else, such as a message of another version. */
export function parsePartMessage(value: unknown): PartMessage | undefined {
  return fromPart.safeParse(value).data;
}

/** For a part: calls `react` with each message of `npm run dev`. Without one, never. */
export function onDevMessage(react: (message: DevMessage) => void): void {
  process.on('message', (value) => {
    const parsed = toPart.safeParse(value).data;
    if (parsed !== undefined) react(parsed);
  });
  // A listener keeps the process running, which ends when its server has closed.
  process.channel?.unref();
}

/** For a part: returns a function that sends to `npm run dev`; undefined when it was not started by that. */
export function devSender(): ((message: PartMessage) => void) | undefined {
  // It may end meanwhile: the callback takes the error, which would be thrown otherwise.
  return process.send === undefined
    ? undefined
    : (message) => void process.send?.(message, undefined, undefined, () => {});
}
