import { randomUUID } from 'node:crypto';
import { createEnvBusinesses, type EnvNumber } from '#app/businesses/env.ts';
import { createWork, type WorkRules } from '#app/conversation/work.ts';
import { Refused } from '#app/domain/errors.ts';
import type { Message } from '#app/domain/message.ts';

import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type ScriptedAssistant, scriptedAssistant } from '../../../fakes/assistant.ts';
import { type ScriptedChannel, scriptedChannel } from '../../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { limitsIn } from '../../../fakes/limits.ts';
import { message, NUMBER } from '../../../fakes/messages.ts';

/** One conversation over the memory store, woken by hand. All fakes are new for each test: `beforeEach(begin)`. */

export const HOUR = 60 * 60 * 1000;
export const RULES: WorkRules = {
  underMaintenance: false,
  staleAfterMs: 2 * HOUR,
  ignoredPrefix: '!d ',
  questionsPerDay: 0,
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  maxAttempts: 3,
  windowMs: 1_000,
};
const OURS: EnvNumber = { channel: 'meta', number: NUMBER, accessToken: 'secret' };

export let clock: SettableClock;
export let store: ConversationStore;
export let assistant: ScriptedAssistant;
export let channel: ScriptedChannel;
/** The conversation of the last accepted message. */
export let conversation = '';

export function begin(): void {
  clock = settableClock();
  store = createMemoryStore({ clock, newId: randomUUID });
  assistant = scriptedAssistant();
  channel = scriptedChannel({ '131026': new Refused('nobody there', { code: '131026' }) });
}

/** Replaces the store for the rest of the test. */
export function useStore(next: ConversationStore): void {
  store = next;
}

/** What `createWork` needs, apart from the jitter. */
export const workPorts = () => ({
  store,
  assistantOf: () => assistant,
  clock,
  businesses: createEnvBusinesses([OURS]),
  channels: { meta: channel },
  limits: limitsIn(clock),
});

/** Directs the following wake-ups to this conversation. */
export function turnTo(id: string): void {
  conversation = id;
}

export async function accept(messages: readonly Message[]): Promise<void> {
  const [first] = await store.accept(messages);
  if (first !== undefined) conversation = first.conversation;
}

/** Accepts the messages, then runs one wake-up of the conversation. */
export async function look(
  messages: readonly Message[],
  rules: Partial<WorkRules> = {},
  stop = new AbortController(),
) {
  if (messages.length > 0) await accept(messages);
  const work = createWork({ ...workPorts(), jitter: () => 0 }, { ...RULES, ...rules });
  return work(conversation, stop.signal);
}

export const lookAgain = (rules: Partial<WorkRules> = {}, stop = new AbortController()) =>
  look([], rules, stop);

export const now = (text = 'What is zakat?', rest: Parameters<typeof message>[1] = {}) =>
  message(text, { sentAt: clock.now(), ...rest });

export const saidTo = () => channel.taken.map(({ part }) => part.text);

export async function settle(): Promise<void> {
  for (let tick = 0; tick < 20; tick += 1) await new Promise(setImmediate);
}

export async function until(condition: () => boolean): Promise<void> {
  for (let tick = 0; tick < 5_000 && !condition(); tick += 1) await new Promise(setImmediate);
  if (!condition()) throw new Error('the condition was never met');
}
