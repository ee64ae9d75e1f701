/** The messages that `npm run dev` and its parts exchange over Node's IPC channel. */
import { z } from 'zod';

/** An empty text: the app responds again. Otherwise why it does not, with what it printed, in lines. */
const appTrouble = z.object({ kind: z.literal('app-trouble'), text: z.string() });

const message = z.discriminatedUnion('kind', [appTrouble]);
export type DevMessage = z.infer<typeof message>;

/** Returns a message of the other side; undefined for anything else, such as a message of another version. */
function parseDevMessage(value: unknown): DevMessage | undefined {
  return message.safeParse(value).data;
}

/** For a part: calls `react` with each message of `npm run dev`. Without one, never. */
export function onDevMessage(react: (message: DevMessage) => void): void {
  process.on('message', (value) => {
    const parsed = parseDevMessage(value);
    if (parsed !== undefined) react(parsed);
  });
  // A listener keeps the process running, which ends when its server has closed.
  process.channel?.unref();
}
