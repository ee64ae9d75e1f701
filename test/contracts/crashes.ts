import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { createWork, type WorkRules } from '#app/conversation/work.ts';
import { Refused, Unavailable } from '#app/domain/errors.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type StoredThreads, scriptedAssistant } from '../fakes/assistant.ts';
import { type ScriptedChannel, scriptedChannel } from '../fakes/channel.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import type { Fault } from '../fakes/failing-client.ts';
import { NO_HAND_OFFS } from '../fakes/hand-offs.ts';
import { limitsIn } from '../fakes/limits.ts';
import { message, NUMBER, status } from '../fakes/messages.ts';

type Scenario = 'answered' | 'refused' | 'failed';

interface CrashingStore {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly scenarios: readonly Scenario[];
  /** The distance between the writes that fail: 1 for every write. */
  readonly step: number;
  /**
   * Opens two stores over the same new tables: one whose process crashes (or loses the response) at the n-th write, and one
   * for the next process.
   */
  open(
    clock: SettableClock,
    n: number,
    fault: Fault,
  ): Promise<{ crashing: ConversationStore; next: ConversationStore; hasFailed: () => boolean }>;
}

const HOUR = 60 * 60 * 1000;
const LEASE = 10_000;
const RULES: WorkRules = {
  underMaintenance: false,
  handOffMs: 24 * HOUR,
  operatorQuietMs: 4 * HOUR,
  staleAfterMs: 24 * HOUR,
  questionsPerDay: 0,
  aiNotice: false,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: LEASE,
  maxAttempts: 3,
  windowMs: 1_000,
};

/** Longer than any lease, back-off or time to reconcile here. */
const MAX_WAIT_MS = 30_000;

/**
 * A person writes twice at once and once more while the answer is being written; the assistant answers in several
 * parts, or refuses until the dead letter is sent back; every status comes, and in one scenario the first send of all is
 * reported as failed. At each write of the whole scenario in turn, the process dies and another one goes on with what the
 * platform delivers again and what the sweep finds. What the person reads, and what the assistant is asked, is what it would
 * be without the fault: nothing lost, doubled or reordered. Only a part that failed comes when it can, behind what was sent
 * meanwhile.
 */
export function crashContract({ name, faults, scenarios, step, open }: CrashingStore): void {
  describe.each(faults)(`${name} store, its process failing (%s)`, (fault) => {
    it.each(scenarios)('at any write, in the scenario "%s"', { timeout: 300_000 }, async (scenario) => {
      const expected = await run(scenario, async (clock) => {
        const store = createMemoryStore({ clock, newId: randomUUID });
        return { crashing: store, next: store, hasFailed: () => false };
      });
      let n = 1 - step;
      for (let hasFailed = true; hasFailed; ) {
        n += step;
        const actual = await run(scenario, (clock) => open(clock, n, fault));
        expect(actual.texts, `${fault} write ${n}`).toEqual(expected.texts);
        expect(actual.asked, `${fault} write ${n}`).toEqual(expected.asked);
        expect(actual.backlog, `${fault} write ${n}`).toEqual({ waiting: 0, deadLetters: 0 });
        hasFailed = actual.hasFailed;
      }
      expect(n).toBeGreaterThan(20);
    });
  });
}

type Open = (clock: SettableClock) => ReturnType<CrashingStore['open']>;

async function run(scenario: Scenario, open: Open) {
  const clock = settableClock();
  const { crashing, next, hasFailed } = await open(clock);
  const channel = scriptedChannel();
  const messages = [message('one', { sentAt: clock.now() }), message('two', { sentAt: clock.now() + 1 })];
  const late = message('three', { sentAt: clock.now() + 2 });
  let isRefusing = scenario === 'refused';
  const threads: StoredThreads = new Map();
  const asked: string[] = [];

  for (const store of [crashing, next]) {
    const assistant = scriptedAssistant(threads);
    assistant.defaultStep = async ({ text }) => {
      if (!messages.includes(late)) {
        messages.push(late);
        await store.accept([late]);
      }
      if (isRefusing && text.includes('one')) throw new Refused('no', { code: 'poison' });
      asked.push(text);
      return `About ${text.replaceAll('\n', ' and ')}.\n\n${'It depends on many things. '.repeat(12)}`;
    };
    const ports = {
      ...{ store, assistantOf: () => assistant, clock, jitter: () => 0 },
      businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
      channels: { meta: channel },
      limits: limitsIn(clock),
      handOffs: NO_HAND_OFFS,
    };
    const work = createWork(ports, RULES);
    const workOnAll = async () => {
      await store.accept(messages);
      await reportAll(store, channel, scenario);
      for (;;) {
        const due = await store.due(10, 0);
        if (due.length === 0) return;
        for (const conversation of due) await work(conversation, new AbortController().signal);
        await reportAll(store, channel, scenario);
        clock.advance(MAX_WAIT_MS);
      }
    };
    const redriveAll = async () => {
      isRefusing = false;
      for (const { turnId } of await store.deadLetters(10)) await store.redrive(turnId);
    };
    clock.advance(MAX_WAIT_MS);
    // The operator repeats an interrupted redrive at once.
    const begin = async () => (isRefusing ? undefined : redriveAll());
    await begin().then(workOnAll).then(redriveAll).then(workOnAll).catch(ignoreCrash);
  }
  const backlog = await next.backlog();
  await Promise.all([crashing.close(), next.close()]);
  const texts = channel.sent.map(({ part }) => part.text.trim());
  return {
    texts: scenario === 'failed' ? texts.slice(1).sort() : texts,
    asked,
    backlog,
    hasFailed: hasFailed(),
  };
}

/** The platform reports every part that was sent. Each report may be repeated. */
async function reportAll(
  store: ConversationStore,
  channel: ScriptedChannel,
  scenario: Scenario,
): Promise<void> {
  for (const [index, { part, platformId }] of channel.sent.entries()) {
    const progresses =
      scenario === 'failed' && index === 0 ? (['sent', 'failed'] as const) : (['sent', 'read'] as const);
    await store.recordStatuses(
      progresses.map((progress) => status(part.key, progress, { platformId, code: '131000' })),
    );
  }
}

function ignoreCrash(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}
