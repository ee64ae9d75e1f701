import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenAiAssistant } from '#app/assistants/openai.ts';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { createWork } from '#app/conversation/work.ts';
import { Unavailable } from '#app/domain/errors.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type ScriptedChannel, scriptedChannel } from '../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { NO_HAND_OFFS } from '../../fakes/hand-offs.ts';
import { limitsIn } from '../../fakes/limits.ts';
import { message, NUMBER } from '../../fakes/messages.ts';
import { type FakeOpenAi, fakeOpenAi } from '../../fakes/openai.ts';
import { contractJson } from '../../fakes/openai-wire.ts';

const RULES = {
  ...{ underMaintenance: false, questionsPerDay: 0, staleAfterMs: 7_200_000, retentionMs: 10_800_000 },
  ...{ reconcileMs: 20_000, confirmMs: 0, leaseMs: 10_000, maxAttempts: 10, windowMs: 0 },
  ...{ handOffMs: 86_400_000, operatorQuietMs: 0, aiNotice: false },
};

let clock: SettableClock;
let channel: ScriptedChannel;
let store: ConversationStore;
let server: FakeOpenAi;
beforeEach(async () => {
  clock = settableClock();
  channel = scriptedChannel();
  store = createMemoryStore({ clock, newId: randomUUID });
  server = await fakeOpenAi();
});
afterEach(() => server.close());

/** Asks, then runs every wake-up at its time until the conversation is idle. A new process works each time. */
async function runTurns(text: string) {
  const [acceptance] = await store.accept([message(text, { sentAt: clock.now() })]);
  const outcomes: string[] = [];
  for (;;) {
    const { url: apiUrl, apiKey } = server;
    const assistant = createOpenAiAssistant({
      ...{ apiUrl, apiKey: () => apiKey, model: 'a-model', instructions: '' },
      ...{ clock, newId: randomUUID },
    });
    const work = createWork(
      {
        store,
        clock,
        assistantOf: () => assistant,
        businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
        channels: { meta: channel },
        limits: limitsIn(clock),
        handOffs: NO_HAND_OFFS,
        jitter: () => 0,
      },
      RULES,
    );
    const { outcome, lookAgainAt } = await work(acceptance?.conversation ?? '', new AbortController().signal);
    if (outcome === 'idle') break;
    outcomes.push(outcome);
    clock.advance(Math.max(0, (lookAgainAt ?? 0) - clock.now()));
  }
  return { outcomes, sentTexts: channel.sent.map(({ part }) => part.text) };
}

/** How often the model was asked the question, without repairs. */
const generations = () => server.asked().filter(({ store: stored }) => stored !== false).length;
const repairs = () => server.asked().length - generations();

/** The process ends after the answer was generated, and before the reply is stored. */
function loseNextReply(): void {
  const { writeReply } = store;
  const lost: ConversationStore['writeReply'] = async () => {
    store.writeReply = writeReply;
    throw new Unavailable('the process ended', { code: 'ended' });
  };
  store = { ...store, writeReply: lost };
}

describe('a turn over OpenAI', () => {
  it('is answered, one after another, in one conversation', async () => {
    expect(await runTurns('one')).toMatchObject({ outcomes: ['answered'] });
    expect(await runTurns('two')).toMatchObject({ sentTexts: ['You asked: one', 'You asked: two'] });
    expect(generations()).toBe(2);
    expect(new Set(server.asked().map(({ conversation }) => conversation)).size).toBe(1);
  });

  it('whose connection broke after the answer was generated gets it, without another generation', async () => {
    server.cut();
    expect(await runTurns('What is zakat?')).toEqual({
      outcomes: ['again', 'answered'],
      sentTexts: ['You asked: What is zakat?'],
    });
    expect(generations()).toBe(1);
  });

  it('whose process ended before the reply was stored gets it, without another generation', async () => {
    loseNextReply();
    const { outcomes, sentTexts } = await runTurns('What is zakat?');
    expect(outcomes).toEqual(['again', 'answered']);
    expect(sentTexts).toEqual(['You asked: What is zakat?']);
    expect(generations()).toBe(1);
  });

  it('whose process ended during the repair is repaired again, without another generation', async () => {
    server.says('{"content": 1}');
    server.failsThen(500);
    server.says(contractJson('Repaired.'));
    expect(await runTurns('What is zakat?')).toEqual({
      outcomes: ['again', 'answered'],
      sentTexts: ['Repaired.'],
    });
    expect(generations()).toBe(1);
    expect(repairs()).toBe(2);
    await runTurns('And prayer?');
    expect(generations()).toBe(2);
    expect(server.asked().at(-1)?.conversation).toBe(server.asked()[0]?.conversation);
  });

  it('whose reply cannot be repaired ends with the apology, after one repair', async () => {
    server.says('{"content": 1}');
    server.says('{"content": 2}');
    const { outcomes, sentTexts } = await runTurns('What is zakat?');
    expect(outcomes).toEqual(['buried', 'apologised']);
    expect(sentTexts).toEqual([expect.stringMatching(/^Sorry/)]);
    expect([generations(), repairs()]).toEqual([1, 1]);
  });

  it('stores the tokens of both calls with the reply', async () => {
    server.says('{}', { usage: { input: 100, output: 7 } });
    server.says(contractJson('Yes.'), { usage: { input: 30, output: 5 } });
    const usages: unknown[] = [];
    const { writeReply } = store;
    store = {
      ...store,
      writeReply: (...args) => {
        usages.push(args[3]);
        return writeReply(...args);
      },
    };
    await runTurns('What is zakat?');
    expect(usages).toEqual([{ inputTokens: 130, outputTokens: 12 }]);
  });
});
