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
import { limitsIn } from '../fakes/limits.ts';
import { message, NUMBER, status } from '../fakes/messages.ts';

type Story = 'answered' | 'refused' | 'failed';

interface StoreThatDies {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly stories: readonly Story[];
  /** At every write, or at each so-many-th where time is short. */
  readonly step: number;
  /**
   * New tables, and two stores in them: one whose process dies (or whose answer is lost) at the n-th write, and one
   * for the process that comes after it.
   */
  open(
    clock: SettableClock,
    n: number,
    fault: Fault,
  ): Promise<{ dying: ConversationStore; next: ConversationStore; hit: () => boolean }>;
}

const HOUR = 60 * 60 * 1000;
const LEASE = 10_000;
const RULES: WorkRules = {
  underMaintenance: false,
  staleAfterMs: 24 * HOUR,
  questionsPerDay: 0,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: LEASE,
  maxAttempts: 3,
  windowMs: 1_000,
};

/** Longer than a lease, a back-off or a send of unknown outcome keeps a turn at rest. */
const LONGEST_REST_MS = 30_000;

/**
 * A person writes twice at once and once more while the answer is being written; the assistant answers in several
 * parts, or refuses until the dead letter is sent back; every status comes, and in one story the first send of all is
 * reported as failed. At each write of the whole story in turn, the process dies and another one goes on with what the
 * platform delivers again and what the sweep finds. What the person reads, and what the assistant is asked, is what it would
 * be without the fault: nothing lost, doubled or reordered. Only a part that failed comes when it can, behind what was sent
 * meanwhile.
 */
export function crashContract({ name, faults, stories, step, open }: StoreThatDies): void {
  describe.each(faults)(`${name} store, its process failing (%s)`, (fault) => {
    it.each(stories)('at any write of a story that is %s', { timeout: 300_000 }, async (story) => {
      const undisturbed = await live(story, async (clock) => {
        const store = createMemoryStore({ clock, newId: randomUUID });
        return { dying: store, next: store, hit: () => false };
      });
      let n = 1 - step;
      for (let hit = true; hit; ) {
        n += step;
        const lived = await live(story, (clock) => open(clock, n, fault));
        expect(lived.read, `${fault} write ${n}`).toEqual(undisturbed.read);
        expect(lived.asked, `${fault} write ${n}`).toEqual(undisturbed.asked);
        expect(lived.backlog, `${fault} write ${n}`).toEqual({ waiting: 0, deadLetters: 0 });
        hit = lived.hit;
      }
      expect(n).toBeGreaterThan(20);
    });
  });
}

type Open = (clock: SettableClock) => ReturnType<StoreThatDies['open']>;

async function live(story: Story, open: Open) {
  const clock = settableClock();
  const { dying, next, hit } = await open(clock);
  const channel = scriptedChannel();
  const delivered = [message('one', { sentAt: clock.now() }), message('two', { sentAt: clock.now() + 1 })];
  const late = message('three', { sentAt: clock.now() + 2 });
  let refusing = story === 'refused';
  const threads: StoredThreads = new Map();
  const asked: string[] = [];

  for (const store of [dying, next]) {
    const assistant = scriptedAssistant(threads);
    assistant.otherwise = async ({ text }) => {
      if (!delivered.includes(late)) {
        delivered.push(late);
        await store.accept([late]);
      }
      if (refusing && text.includes('one')) throw new Refused('no', { code: 'poison' });
      asked.push(text);
      return `About ${text.replaceAll('\n', ' and ')}.\n\n${'It depends on many things. '.repeat(12)}`;
    };
    const ports = {
      ...{ store, assistantOf: () => assistant, clock, jitter: () => 0 },
      businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
      channels: { meta: channel },
      limits: limitsIn(clock),
    };
    const work = createWork(ports, RULES);
    const goOn = async () => {
      await store.accept(delivered);
      await reportAll(store, channel, story);
      for (;;) {
        const due = await store.due(10, 0);
        if (due.length === 0) return;
        for (const conversation of due) await work(conversation, new AbortController().signal);
        await reportAll(store, channel, story);
        clock.advance(LONGEST_REST_MS);
      }
    };
    const sendBack = async () => {
      refusing = false;
      for (const { turnId } of await store.deadLetters(10)) await store.redrive(turnId);
    };
    clock.advance(LONGEST_REST_MS);
    // Whoever was sending dead letters back does so again, at once.
    const begin = async () => (refusing ? undefined : sendBack());
    await begin().then(goOn).then(sendBack).then(goOn).catch(ofTheDead);
  }
  const backlog = await next.backlog();
  await Promise.all([dying.close(), next.close()]);
  const read = channel.taken.map(({ part }) => part.text.trim());
  return { read: story === 'failed' ? read.slice(1).sort() : read, asked, backlog, hit: hit() };
}

/** The platform reports every part that it took, and every report may come again. */
async function reportAll(store: ConversationStore, channel: ScriptedChannel, story: Story): Promise<void> {
  for (const [index, { part, platformId }] of channel.taken.entries()) {
    const words =
      story === 'failed' && index === 0 ? (['sent', 'failed'] as const) : (['sent', 'read'] as const);
    await store.recordStatuses(words.map((word) => status(part.key, word, { platformId, code: '131000' })));
  }
}

function ofTheDead(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}
