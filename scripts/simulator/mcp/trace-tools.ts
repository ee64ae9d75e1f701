import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ControlClient } from '../control-client.ts';
import { entriesOf, personOr } from './answers.ts';
import { personField } from './chat-tools.ts';
import { entryLines } from './entry-lines.ts';
import { answer } from './tool-answer.ts';

const exchangeField = z.string().min(1).max(200).describe('Its id, as in `exchange=...` of a timeline.');
const anything = z.looseObject({});

/** Adds the tools that show what happened to a message, and what the app holds. */
export function addTraceTools(server: McpServer, control: ControlClient): void {
  server.registerTool(
    'timeline',
    {
      title: 'What happened to a message',
      description:
        'One line for each step of the app and each HTTP exchange (delivery to the app, api call of the app, question to ' +
        'the assistant), by time. Exchanges have an id for `exchange`.',
      inputSchema: z.strictObject({
        person: personField,
        message: z
          .string()
          .min(1)
          .optional()
          .describe('Id of one message or reply. Default: the whole chat.'),
        last: z.int().min(1).max(2_000).default(200).describe('How many lines, the newest ones.'),
      }),
      annotations: { readOnlyHint: true },
    },
    async ({ person, message, last }) => {
      const lines = entryLines(await entriesOf(control, await personOr(control, person), message));
      if (lines.length === 0)
        return answer('Nothing is known of it. The timeline begins when the simulator starts.');
      const leftOut = lines.length > last ? [`(${lines.length - last} earlier lines are left out)`] : [];
      return answer([...leftOut, ...lines.slice(-last)].join('\n'));
    },
  );

  server.registerTool(
    'exchange',
    {
      title: 'One HTTP exchange',
      description:
        'Headers and bodies of one exchange of the timeline, and the curl command that repeats it. Credentials are masked.',
      inputSchema: z.strictObject({ id: exchangeField }),
      annotations: { readOnlyHint: true },
    },
    async ({ id }) => answer(await control.get(`hops/${encodeURIComponent(id)}`, anything)),
  );

  server.registerTool(
    'resend',
    {
      title: 'Send a delivery again',
      description:
        'Posts a delivery of the timeline to the app once more, signed anew; `body` replaces its body.',
      inputSchema: z.strictObject({ id: exchangeField, body: z.string().max(1_000_000).optional() }),
    },
    async ({ id, body }) => {
      const path = `hops/${encodeURIComponent(id)}/resend`;
      const resent = await control.post(
        path,
        body === undefined ? {} : { body },
        z.object({ id: z.string() }),
      );
      return answer(await control.get(`hops/${encodeURIComponent(resent.id)}`, anything));
    },
  );

  server.registerTool(
    'inside',
    {
      title: 'What the app holds about a person',
      description:
        'Conversation, turn, thread, dead letters and backlog, from the store of the app. No text of messages.',
      inputSchema: z.strictObject({ person: personField }),
      annotations: { readOnlyHint: true },
    },
    async ({ person: given }) => {
      const person = await personOr(control, given);
      return answer(await control.get(`inside?${new URLSearchParams({ person })}`, anything));
    },
  );
}
