import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Replies } from '#app/backend/replies.ts';
import { recordingFiles } from '#scripts/simulator/recordings/files.ts';
import { partsOf, type Recording, replayedSchema } from '#scripts/simulator/recordings/format.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/chats');
const LAST = 'the last question';
const files = recordingFiles(FOLDER);

/** An assistant that gives the recorded answers, and remembers the questions that it has none for. */
function recordedReplies({ answers }: Recording): { readonly replies: Replies; readonly unknown: string[] } {
  const left = [...answers];
  const unknown: string[] = [];
  return {
    unknown,
    replies: async function* recorded(question) {
      const at = left.findIndex((one) => one.question === question);
      if (at < 0 && question !== LAST) unknown.push(question);
      yield left.splice(at, at < 0 ? 0 : 1)[0]?.answer ?? '';
      if (question === LAST) yield 'the last answer';
    },
  };
}

describe('recorded chats', () => {
  test('there are some, in both channels', () => {
    expect(files.list().length).toBeGreaterThanOrEqual(4);
    expect(new Set(files.list().map((name) => files.read(name)?.channel))).toEqual(
      new Set(['meta', 'twilio']),
    );
  });

  test.each(files.list())('%s is answered as it was', { timeout: 120_000 }, async (name) => {
    const recording = files.read(name);
    if (recording === undefined) throw new Error('it was there');
    const { channel, settings } = recording;
    const { replies, unknown } = recordedReplies(recording);
    const { simulator, startApp } = await startSystem({
      folder: temporaryFolder(),
      simulator: { channel, recordings: FOLDER },
      replies,
      environment: {
        BATCH_WINDOW_SECONDS: String(settings.batchWindowMs / 1_000),
        AI_NOTICE: String(settings.aiNotice),
      },
    });
    await startApp();
    const response = await fetch(`${simulator.url}/control/recordings/${name}/replay`, { method: 'POST' });
    const body: unknown = await response.json();
    expect(unknown).toEqual([]);
    expect(body).toMatchObject({ same: true, sent: partsOf(recording) });
    const replayed = replayedSchema.parse(body);

    // Nothing comes after the replies that were recorded.
    const count = partsOf(recording).length;
    simulator.say(replayed.person, LAST);
    const all = await simulator.replies.reached(replayed.person, count + 1);
    expect(all.at(-1)?.text).toBe('the last answer');
  });
});
