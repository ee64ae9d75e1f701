import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ControlClient } from '../control-client.ts';
import { recordingName } from '../recordings/files.ts';
import { personOr } from './answers.ts';
import { personField } from './chat-tools.ts';
import { answer } from './tool-answer.ts';

const anything = z.unknown();
const nameField = recordingName.describe('1 to 64 of a-z, 0-9 and -');

/** Adds the tools that save chats as tests and replay them. */
export function addRecordingTools(server: McpServer, control: ControlClient): void {
  server.registerTool(
    'record',
    {
      title: 'Save a chat as a regression test',
      description:
        'Saves the whole chat of a person under test/fixtures/chats: `npm test` replays it from then on, and expects the ' +
        'same replies. The chat must have begun after the simulator started.',
      inputSchema: z.strictObject({
        person: personField,
        name: nameField,
        replace: z.boolean().default(false),
      }),
    },
    async ({ person, ...rest }) =>
      answer(
        await control.post('recordings', { person: await personOr(control, person), ...rest }, anything),
      ),
  );

  server.registerTool(
    'replay',
    {
      title: 'Replay a recorded chat',
      description:
        'Delivers a recorded chat again as a new person, and compares the replies. Without a name: lists the recorded chats. ' +
        'The assistant of the running system answers, so that texts differ where it does.',
      inputSchema: z.strictObject({ name: nameField.optional() }),
    },
    async ({ name }) =>
      answer(
        name === undefined
          ? await control.get('recordings', anything)
          : await control.post(`recordings/${name}/replay`, {}, anything),
      ),
  );
}
