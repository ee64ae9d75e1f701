import { randomUUID } from 'node:crypto';
import { test } from 'vitest';
import { createEnvBusinesses, type EnvNumber } from '#app/businesses/env.ts';
import { createWork, type WorkReport, type WorkRules } from '#app/conversation/work.ts';
import { Refused } from '#app/domain/errors.ts';
import type { Message } from '#app/domain/message.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { scriptedAssistant } from '../../../fakes/assistant.ts';
import { scriptedChannel } from '../../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { recordedHandOffs } from '../../../fakes/hand-offs.ts';
import { limitsIn } from '../../../fakes/limits.ts';
import { message, NUMBER } from '../../../fakes/messages.ts';

export const HOUR = 60 * 60 * 1000;

export const RULES: WorkRules = {
  underMaintenance: false,
  handOffMs: 24 * HOUR,
  operatorQuietMs: 4 * HOUR,
  staleAfterMs: 2 * HOUR,
  ignoredPrefix: '!d ',
  questionsPerDay: 0,
  aiNotice: false,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  maxAttempts: 3,
  windowMs: 1_000,
};

const BUSINESS: EnvNumber = { channel: 'meta', number: NUMBER, accessToken: 'secret' };

type OpenStore = (clock: SettableClock) => Promise<ConversationStore>;
type Rules = Partial<WorkRules>;

/** Steps on the one conversation of a test, which the test wakes itself. */
interface Steps {
  /** A message that is sent now. */
  sentNow(text?: string, rest?: Parameters<typeof message>[1]): Message;
  accept(messages: readonly Message[]): Promise<void>;
  /** Accepts the messages, then runs one wake-up of their conversation. */
  wake(messages: readonly Message[], rules?: Rules, stop?: AbortController): Promise<WorkReport>;
  /** Runs one more wake-up of the conversation. */
  wakeAgain(rules?: Rules, stop?: AbortController): Promise<WorkReport>;
}

const openMemoryStore: OpenStore = async (clock) => createMemoryStore({ clock, newId: randomUUID });

/** A test with its own conversation, store, assistant, channel and clock. */
export function turnTest(open: OpenStore = openMemoryStore) {
  return (
    test
      .extend('clock', () => settableClock())
      .extend('assistant', () => scriptedAssistant())
      .extend('channel', () => scriptedChannel({ '131026': new Refused('nobody there', { code: '131026' }) }))
      .extend('desk', () => recordedHandOffs())
      .extend('store', async ({ clock }, { onCleanup }) => {
        const store = await open(clock);
        onCleanup(() => store.close());
        return store;
      })
      .extend('current', ({ store }) => ({ store, conversation: '' }))
      /** Replaces the store that the work uses. */
      .extend('useStore', ({ current }) => (store: ConversationStore): void => {
        current.store = store;
      })
      /** Directs the following wake-ups to this conversation. */
      .extend('useConversation', ({ current }) => (conversation: string): void => {
        current.conversation = conversation;
      })
      /** The conversation of the last accepted message. */
      .extend(
        'conversation',
        ({ current }) =>
          (): string =>
            current.conversation,
      )
      /** What `createWork` needs, apart from the jitter. */
      .extend('workPorts', ({ current, assistant, clock, channel, desk }) => () => ({
        store: current.store,
        assistantOf: () => assistant,
        clock,
        businesses: createEnvBusinesses([BUSINESS]),
        limits: limitsIn(clock),
        channels: { meta: channel },
        handOffs: desk,
      }))
      .extend(
        'sentNow',
        ({ clock }): Steps['sentNow'] =>
          (text = 'What is zakat?', rest = {}) =>
            message(text, { sentAt: clock.now(), ...rest }),
      )
      .extend(
        'imageNow',
        ({ sentNow }) =>
          (): Message =>
            sentNow('', { content: { kind: 'unreadable', type: 'image' } }),
      )
      .extend('accept', ({ current }): Steps['accept'] => async (messages) => {
        const [first] = await current.store.accept(messages);
        if (first !== undefined) current.conversation = first.conversation;
      })
      .extend('wakeAgain', ({ current, workPorts }): Steps['wakeAgain'] => {
        return async (rules = {}, stop = new AbortController()) => {
          const work = createWork({ ...workPorts(), jitter: () => 0 }, { ...RULES, ...rules });
          return work(current.conversation, stop.signal);
        };
      })
      .extend('wake', ({ accept, wakeAgain }): Steps['wake'] => async (messages, rules, stop) => {
        await accept(messages);
        return wakeAgain(rules, stop);
      })
      .extend(
        'sentTexts',
        ({ channel }) =>
          () =>
            channel.sent.map(({ part }) => part.text),
      )
  );
}

/** Lets everything run that waits for nothing but the event loop. */
export async function settle(): Promise<void> {
  for (let tick = 0; tick < 20; tick += 1) await new Promise(setImmediate);
}

export async function until(condition: () => boolean): Promise<void> {
  for (let tick = 0; tick < 5_000 && !condition(); tick += 1) await new Promise(setImmediate);
  if (!condition()) throw new Error('the condition was never met');
}
