import { randomInt } from 'node:crypto';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { statusError } from '#app/channels/meta/errors.ts';
import { createWork, type WorkRules } from '#app/conversation/work.ts';
import type { Person } from '#app/domain/message.ts';
import type { Channel } from '#app/ports/channel.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { scriptedAssistant } from '../../fakes/assistant.ts';
import { scriptedChannel } from '../../fakes/channel.ts';
import type { SettableClock } from '../../fakes/clock.ts';
import { NO_HAND_OFFS } from '../../fakes/hand-offs.ts';
import { limitsIn } from '../../fakes/limits.ts';
import { message, NUMBER, status } from '../../fakes/messages.ts';

export const HOUR = 60 * 60 * 1000;
export const DAY = 24 * HOUR;
export const LEASE = 10_000;
/** Longer than any back-off here. */
export const MAX_BACKOFF = 60_000;
const RULES: WorkRules = {
  underMaintenance: false,
  handOffMs: 24 * HOUR,
  operatorQuietMs: 4 * HOUR,
  questionsPerDay: 0,
  aiNotice: false,
  staleAfterMs: DAY,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: LEASE,
  maxAttempts: 3,
  windowMs: 1_000,
};

/** One conversation, a platform that the test controls, and one worker for each wake-up. */
export function createScenario(store: ConversationStore, clock: SettableClock) {
  const phone = `1555${randomInt(10 ** 9)}`;
  const person: Person = { phone };
  const failuresSeen: string[] = [];
  const hooks = {
    before: new Map<number, () => Promise<unknown>>(),
    after: new Map<number, () => Promise<unknown>>(),
  };
  const scripted = scriptedChannel();
  const channel: typeof scripted & Pick<Channel, 'failure'> = Object.assign(scripted, {
    failure: (_business: unknown, _to: unknown, codes: readonly string[]) => {
      failuresSeen.push(codes.at(-1) ?? '');
      return statusError(codes.at(-1));
    },
  });
  const assistant = scriptedAssistant();
  assistant.defaultStep = ({ text }) =>
    text === 'next' ? 'next' : 'abc'.replaceAll(/./g, (one) => `${one.repeat(150)}\n\n`);
  let marked = 0;
  const hookedStore: ConversationStore = {
    ...store,
    async markSent(lease, key, platformId) {
      const send = marked;
      marked += 1;
      await hooks.before.get(send)?.();
      await store.markSent(lease, key, `${platformId}.${phone}`);
      await hooks.after.get(send)?.();
    },
  };
  let conversation = '';
  const wake = () => {
    const work = createWork(
      {
        ...{
          store: hookedStore,
          assistantOf: () => assistant,
          clock,
          limits: limitsIn(clock),
          handOffs: NO_HAND_OFFS,
        },
        ...{ jitter: () => 0, channels: { meta: channel } },
        businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
      },
      RULES,
    );
    return work(conversation, new AbortController().signal);
  };

  return {
    ...{ phone, channel, wake },
    conversation: () => conversation,
    /** Runs an action just after the n-th send is marked as sent, or just before. */
    afterSent: (send: number, action: () => Promise<unknown>) => hooks.after.set(send, action),
    beforeSent: (send: number, action: () => Promise<unknown>) => hooks.before.set(send, action),
    async ask(text = 'What is zakat?') {
      const [acceptance] = await store.accept([message(text, { person, sentAt: clock.now() })]);
      conversation = acceptance?.conversation ?? '';
    },
    /** The assistant refuses the next question. */
    refuseNext: () => assistant.next.push(() => Promise.reject(statusError('100'))),
    /** Wakes the conversation until it is idle. */
    async settle() {
      for (let wakes = 0; wakes < 40; wakes += 1) {
        const { outcome, lookAgainAt = clock.now() } = await wake();
        if (outcome === 'idle') return;
        clock.advance(Math.max(0, lookAgainAt - clock.now()));
      }
      throw new Error('the conversation never becomes idle');
    },
    /** The platform reports a status of the n-th part that was sent. */
    async report(send: number, progress: 'sent' | 'delivered' | 'read' | 'failed', code?: string) {
      const { part, platformId } = channel.sent[send] ?? {};
      const update = status(part?.key ?? '', progress, { platformId: `${platformId}.${phone}` });
      const updates = [code === undefined ? update : { ...update, code }];
      return (await store.recordStatuses(updates)).conversations;
    },
    /** The parts that were sent, as one letter each. */
    sentParts: () => channel.sent.map(({ part }) => part.text.trim().replace(/^(.)\1+$/, '$1')).join(' '),
    deadLetters: async () =>
      (await store.deadLetters(1000)).filter((each) => each.conversation === conversation),
    questionCount: () => assistant.questions.length,
    failuresSeen: () => failuresSeen,
  };
}
