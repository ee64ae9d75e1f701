import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnsariAssistant } from '#app/assistants/ansari.ts';
import type { Replies } from '#app/backend/replies.ts';
import { type Backend, type BackendOptions, startBackend } from '#app/backend/start.ts';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { createWork } from '#app/conversation/work.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type ScriptedChannel, scriptedChannel } from '../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { NO_HAND_OFFS } from '../../fakes/hand-offs.ts';
import { limitsIn } from '../../fakes/limits.ts';
import { AISHA, message, NUMBER } from '../../fakes/messages.ts';

const MINUTE = 60_000;
const RULES = {
  underMaintenance: false,
  handOffMs: 24 * 60 * 60 * 1000,
  operatorQuietMs: 0,
  questionsPerDay: 0,
  aiNotice: false,
  staleAfterMs: 120 * MINUTE,
  retentionMs: 180 * MINUTE,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  maxAttempts: 10,
  windowMs: 0,
};

let clock: SettableClock;
let channel: ScriptedChannel;
let store: ConversationStore;
let backend: Backend;
/** The calls of the model by the backend. */
let calls: number;
let modelReply: Replies;
beforeEach(() => {
  clock = settableClock();
  channel = scriptedChannel();
  store = createMemoryStore({ clock, newId: randomUUID });
  calls = 0;
  modelReply = async function* answer(question) {
    yield 'About ';
    yield question;
  };
});
afterEach(() => backend.close());

async function start(options: Partial<BackendOptions> = {}, port = 0): Promise<void> {
  backend = await startBackend({
    ...{ port, apiKeys: ['k'], clock, newId: randomUUID },
    databasePath: join(temporaryFolder(), 'backend.db'),
    replies: (...asked) => {
      calls += 1;
      return modelReply(...asked);
    },
    ...options,
  });
}

/** Asks, then runs every wake-up at its time until the conversation is idle. */
async function runTurns(text = 'What is zakat?') {
  const startedAt = clock.now();
  const [acceptance] = await store.accept([message(text, { sentAt: clock.now() })]);
  const assistant = createAnsariAssistant({ serverUrl: backend.url, apiKey: () => 'k', clock });
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
  const outcomes: string[] = [];
  for (;;) {
    const { outcome, lookAgainAt } = await work(acceptance?.conversation ?? '', new AbortController().signal);
    if (outcome === 'idle') break;
    outcomes.push(outcome);
    clock.advance(Math.max(0, (lookAgainAt ?? 0) - clock.now()));
  }
  const sentTexts = channel.sent.map(({ part }) => part.text);
  return { outcomes, sentTexts, minutes: (clock.now() - startedAt) / MINUTE };
}

describe('a turn over ansari-backend', () => {
  it('is answered, one after another', async () => {
    await start();
    expect(await runTurns('one')).toMatchObject({ outcomes: ['answered'] });
    expect(await runTurns('two')).toMatchObject({ sentTexts: ['About one', 'About two'] });
    expect(calls).toBe(2);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('the model is unavailable'))],
    ['returns nothing', () => Promise.resolve()],
  ])('calls a model that %s three times, and ends with the apology after minutes', async (_how, end) => {
    // biome-ignore lint/correctness/useYield: the model yields nothing
    modelReply = async function* nothing() {
      await end();
    };
    await start();
    const { outcomes, sentTexts, minutes } = await runTurns();
    expect(outcomes).toEqual(['again', 'again', 'buried', 'apologised']);
    expect(sentTexts).toEqual([expect.stringMatching(/^Sorry/)]);
    expect(calls).toBe(3);
    expect(minutes).toBe(4);
  });

  it('gets the complete answer after the connection broke, with one call of the model', async () => {
    await start({ cutsAnswers: true });
    const { outcomes, sentTexts } = await runTurns();
    expect(outcomes).toEqual(['again', 'again', 'answered']);
    expect(sentTexts).toEqual(['About What is zakat?']);
    expect(calls).toBe(1);
  });

  it('of a person known from the web is answered after one registration', async () => {
    await start({ webUsers: [AISHA.phone ?? ''] });
    expect(await runTurns()).toMatchObject({ outcomes: ['answered'], sentTexts: ['About What is zakat?'] });
  });

  it('retries while the database is down, without a call of the model', async () => {
    await start({ databaseIsDown: true });
    const { outcomes, sentTexts } = await runTurns();
    expect(outcomes).toEqual([...Array(9).fill('again'), 'buried', 'apologised']);
    expect(sentTexts).toHaveLength(1);
    expect(calls).toBe(0);
  });
});
