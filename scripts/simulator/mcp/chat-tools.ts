import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { contentSchema } from '../content/person.ts';
import type { ControlClient } from '../control-client.ts';
import { identitySchema } from '../people.ts';
import { chatOf, personOr, type ReadBubble, stateOf } from './answers.ts';
import { entryLines } from './entry-lines.ts';
import { answer } from './tool-answer.ts';
import { waitForReply } from './waiting.ts';

export const personField = identitySchema
  .optional()
  .describe('Phone number in digits, or user id, as `look` lists them. Default: the first person.');

const sayInput = z.strictObject({
  person: personField,
  text: z.string().min(1).max(65_536).optional().describe('A text message. Give this or `content`.'),
  content: contentSchema
    .optional()
    .describe(
      'A message of any other kind, such as {"kind":"image","text":"caption"}, {"kind":"reaction","to":id,"emoji":"👍"}',
    ),
  waitSeconds: z
    .number()
    .min(0)
    .max(300)
    .default(60)
    .describe('How long to wait for the end of the reply; 0: not at all.'),
});

const HINTS: Readonly<Record<string, string>> = {
  given_up: 'The app has given up: a dead letter. `inside` shows it, `redrive` starts it again.',
  ignored: 'The app has accepted the message and done nothing with it, as it does with reactions.',
  waiting:
    'The turn has not ended yet. `timeline` shows how it goes on, and `look` the replies that come later.',
};

/** Adds the tools that write and read messages. */
export function addChatTools(server: McpServer, control: ControlClient): void {
  server.registerTool(
    'say',
    {
      title: 'Send a message as a person',
      description:
        'Sends a WhatsApp message to the app as a person, waits until its turn has ended, and returns the replies. ' +
        'An unknown number becomes a new person.',
      inputSchema: sayInput,
    },
    async ({ person: given, text, content, waitSeconds }) => {
      if ((text === undefined) === (content === undefined))
        throw new Error('Give either `text` or `content`.');
      const person = await personOr(control, given);
      const known = (await stateOf(control)).chats.some(({ id }) => id === person);
      const before = known ? ((await chatOf(control, person)).bubbles.at(-1)?.order ?? 0) : 0;
      const body = { person, ...(content === undefined ? { text } : { content }) };
      const { id } = await control.post('say', body, z.object({ id: z.string() }));
      const { end, entries } =
        waitSeconds === 0
          ? { end: 'waiting' as const, entries: [] }
          : await waitForReply(control, { person, id }, waitSeconds * 1_000);
      const { bubbles } = await chatOf(control, person);
      const replies = bubbles.filter(({ by, order }) => by === 'business' && order > before).map(shownBubble);
      const hint = HINTS[end];
      return answer({
        ...{ person, message: id, end, replies },
        ...(hint === undefined ? {} : { hint, timeline: entryLines(entries) }),
      });
    },
  );

  server.registerTool(
    'look',
    {
      title: 'Look at the chats',
      description:
        'Without a person: all chats with their last message, the active faults, and what the app answered last. ' +
        'With a person: the last messages of that chat, with their progress (ticks).',
      inputSchema: z.strictObject({
        person: identitySchema.optional().describe('Phone number in digits, or user id.'),
        last: z.int().min(1).max(200).default(20).describe('How many messages.'),
      }),
      annotations: { readOnlyHint: true },
    },
    async ({ person, last }) => {
      if (person !== undefined) {
        const { bubbles, ...rest } = await chatOf(control, person);
        const shown = bubbles.slice(-last).map(shownBubble);
        return answer({ ...rest, leftOut: bubbles.length - shown.length, messages: shown });
      }
      const { channel, app, faults, chats } = await stateOf(control);
      const shown = chats.map(({ last: bubble, ...chat }) => ({
        ...chat,
        last: bubble && shownBubble(bubble),
      }));
      return answer({ channel, app, faults, chats: shown });
    },
  );
}

function shownBubble({ id, by, at, content, to, progress, code }: ReadBubble) {
  return { id, by, at: new Date(at).toISOString(), ...content, to: to ?? content.to, progress, code };
}
