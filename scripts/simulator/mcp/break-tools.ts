import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ControlClient } from '../control-client.ts';
import { FAULT_KINDS, faultSchema } from '../faults.ts';
import { personOr } from './answers.ts';
import { answer } from './tool-answer.ts';
import { untilAppResponds } from './waiting.ts';

const anything = z.unknown();
const RESPONDS_WITHIN_MS = 60_000;
/** A year: what the simulator moves its clock by at most. */
const MAX_SKIP_SECONDS = 366 * 86_400;

/** Adds the tools that break the system and repair it. */
export function addBreakTools(server: McpServer, control: ControlClient): void {
  server.registerTool(
    'add_fault',
    {
      title: 'Let something go wrong',
      description:
        'Starts a fault of the platform or of the assistant. `next`: only so many times; `chance`: with this probability; ' +
        '`person`: only for this person. Returns the active faults.',
      inputSchema: z.strictObject({ fault: faultSchema }),
    },
    async ({ fault }) => answer(await control.post('faults', fault, anything)),
  );

  server.registerTool(
    'end_faults',
    {
      title: 'End faults',
      description: 'Ends all faults, or those of one kind. Returns the faults that are still active.',
      inputSchema: z.strictObject({ kind: z.enum(FAULT_KINDS).optional() }),
    },
    async ({ kind }) => {
      await control.remove(`faults${kind === undefined ? '' : `?kind=${kind}`}`);
      return answer(await control.get('faults', anything));
    },
  );

  server.registerTool(
    'crash',
    {
      title: 'Kill the app',
      description:
        'Kills the app without a warning, as a lost machine does (SIGKILL), and waits until it has started again. ' +
        '`restart: true` ends it orderly instead (SIGTERM).',
      inputSchema: z.strictObject({ restart: z.boolean().default(false) }),
    },
    async ({ restart }) => {
      const act = () => control.post('app', { action: restart ? 'restart' : 'crash' }, anything);
      await untilAppResponds(control, await personOr(control, undefined), act, RESPONDS_WITHIN_MS);
      return answer(`The app was ${restart ? 'restarted' : 'killed'}, and responds again.`);
    },
  );

  server.registerTool(
    'skip_time',
    {
      title: 'Move the clock forward',
      description:
        'Moves the clocks of the simulator, the app and the assistant forward, and waits until the app has started again. ' +
        'It cannot be moved back; `npm run dev -- --fresh` begins anew.',
      inputSchema: z.strictObject({
        seconds: z.int().min(1).max(MAX_SKIP_SECONDS).describe('86400: past the 24-hour window of WhatsApp.'),
      }),
    },
    async ({ seconds }) => {
      const skip = () => control.post('clock', { skipMs: seconds * 1_000 }, anything);
      await untilAppResponds(control, await personOr(control, undefined), skip, RESPONDS_WITHIN_MS);
      const { offsetMs } = await control.get('clock', z.object({ offsetMs: z.number() }));
      return answer(`The clock is ${offsetMs / 1_000} s ahead now, and the app responds.`);
    },
  );

  server.registerTool(
    'redrive',
    {
      title: 'Start a dead letter again',
      description: 'Lets the app answer a turn that it had given up. `inside` lists dead letters.',
      inputSchema: z.strictObject({
        turn: z.string().min(1).max(200).describe('`turnId` of the dead letter.'),
      }),
    },
    async ({ turn }) => answer(await control.post('redrive', { turn }, anything)),
  );
}
