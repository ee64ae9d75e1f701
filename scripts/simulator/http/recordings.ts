import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { AppLink } from '../app-link.ts';
import { Impossible } from '../bad-request.ts';
import type { Chats, NewMessageId } from '../chats.ts';
import type { SimulatorOptions } from '../options.ts';
import { identitySchema } from '../people.ts';
import type { Platform } from '../platform.ts';
import { recordingFiles, recordingName } from '../recordings/files.ts';
import type { Recording } from '../recordings/format.ts';
import { openRecording } from '../recordings/open.ts';
import { record } from '../recordings/record.ts';
import { replay } from '../recordings/replay.ts';
import type { Replies } from '../replies.ts';
import type { Recorder } from '../timeline/recorder.ts';
import { readBody } from './body.ts';
import { notFound } from './control.ts';

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly replies: Replies;
  readonly recorder: Recorder | undefined;
  readonly platform: Pick<Platform, 'deliver'>;
  readonly appLink: AppLink;
  readonly newMessageId: NewMessageId;
}

const recordSchema = z.strictObject({
  person: identitySchema,
  name: recordingName,
  replace: z.boolean().default(false),
});

/** Chats as files: saved, replayed and shown. Part of the control API. */
export function createRecordings(dependencies: Dependencies): Router {
  const { options, chats, recorder, platform, appLink } = dependencies;
  const router = new Router({ prefix: '/control' });
  const files = options.recordings === undefined ? undefined : recordingFiles(options.recordings);

  function needsFiles() {
    if (files === undefined)
      throw new Impossible('The simulator has no folder for recorded chats (--recordings).');
    return files;
  }

  async function withRecording(
    ctx: Context,
    use: (name: string, recording: Recording) => unknown,
  ): Promise<void> {
    const name = recordingName.parse(ctx.params.name);
    const recording = needsFiles().read(name);
    if (recording === undefined) return notFound(ctx, `there is no recorded chat ${name}`);
    ctx.body = await use(name, recording);
  }

  router.get('/recordings', (ctx) => {
    ctx.body = files?.list() ?? [];
  });
  router.post('/recordings', async (ctx) => {
    const { person, name, replace } = await readBody(ctx, recordSchema);
    const chat = chats.find(person);
    if (chat === undefined) return notFound(ctx, 'no person has this number or user id');
    const config = appLink.config();
    if (typeof config === 'string') throw new Impossible(config);
    if (recorder === undefined) throw new Impossible('The simulator keeps no deliveries.');
    const recording = record(chat, { channel: options.channel, recorder, config });
    needsFiles().write(name, recording, replace);
    const { messages, deliveries, answers } = recording;
    ctx.body = { name, messages: messages.length, deliveries: deliveries.length, answers: answers.length };
  });
  router.post('/recordings/:name/replay', (ctx) =>
    withRecording(ctx, (name, recording) => {
      const { channel, now, random } = options;
      if (recording.channel !== channel)
        throw new Impossible(
          `${name} was recorded with --channel ${recording.channel}, and this is ${channel}.`,
        );
      const { replies, newMessageId } = dependencies;
      return replay(recording, { chats, replies, deliver: platform.deliver, newMessageId, now, random });
    }),
  );
  router.post('/recordings/:name/open', (ctx) =>
    withRecording(ctx, (name, recording) => ({
      person: openRecording(name, recording, chats, options.now()).id,
    })),
  );
  return router;
}
