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
import { limitsIn } from '../../fakes/limits.ts';
import { message, NUMBER, status } from '../../fakes/messages.ts';

export const HOUR = 60 * 60 * 1000;
export const DAY = 24 * HOUR;
export const LEASE = 10_000;
/** Longer than any back-off of the few failures here. */
export const REST = 60_000;
const RULES: WorkRules = {
  underMaintenance: false,
  questionsPerDay: 0,
  staleAfterMs: DAY,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: LEASE,
  maxAttempts: 3,
  windowMs: 1_000,
};

/** One conversation, a platform that does as it is told, and as many workers as look. */
export function createWorld(store: ConversationStore, clock: SettableClock) {
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
  assistant.answer = async (question) => {
    assistant.questions.push(question);
    const step = assistant.next.shift();
    if (step !== undefined) return step(question, new AbortController().signal);
    return question.text === 'next' ? 'next' : 'abc'.replaceAll(/./g, (one) => `${one.repeat(150)}\n\n`);
  };
  let marked = 0;
  const watched: ConversationStore = {
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
  const look = () => {
    const work = createWork(
      {
        ...{
          store: watched,
          assistantOf: () => assistant,
          clock,
          jitter: () => 0,
          channels: { meta: channel },
          limits: limitsIn(clock),
        },
        businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
      },
      RULES,
    );
    return work(conversation, new AbortController().signal);
  };

  return {
    ...{ phone, channel, look },
    conversation: () => conversation,
    /** Does something once the n-th send is marked as sent, or just before. */
    onSent: (send: number, what: () => Promise<unknown>) => hooks.after.set(send, what),
    beforeSent: (send: number, what: () => Promise<unknown>) => hooks.before.set(send, what),
    async ask(text = 'What is zakat?') {
      const [acceptance] = await store.accept([message(text, { person, sentAt: clock.now() })]);
      conversation = acceptance?.conversation ?? '';
    },
    /** The assistant refuses the next question. */
    refuse: () => assistant.next.push(() => Promise.reject(statusError('100'))),
    /** Looks until there is nothing to do. */
    async settle() {
      for (let looks = 0; looks < 40; looks += 1) {
        const { outcome, lookAgainAt = clock.now() } = await look();
        if (outcome === 'idle') return;
        clock.advance(Math.max(0, lookAgainAt - clock.now()));
      }
      throw new Error('the conversation never comes to rest');
    },
    /** The platform reports the n-th part that it took. */
    async tell(send: number, progress: 'sent' | 'delivered' | 'read' | 'failed', code?: string) {
      const { part, platformId } = channel.taken[send] ?? {};
      const report = status(part?.key ?? '', progress, { platformId: `${platformId}.${phone}` });
      return store.recordStatuses([code === undefined ? report : { ...report, code }]);
    },
    /** What the person got, a letter for each part. */
    read: () => channel.taken.map(({ part }) => part.text.trim().replace(/^(.)\1+$/, '$1')).join(' '),
    letters: async () =>
      (await store.deadLetters(1000)).filter((letter) => letter.conversation === conversation),
    asked: () => assistant.questions.length,
    failuresSeen: () => failuresSeen,
  };
}
