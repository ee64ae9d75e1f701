import { test } from 'vitest';
import type { ConversationId } from '#app/domain/conversation.ts';
import type { Message } from '#app/domain/message.ts';
import type { Part } from '#app/domain/part.ts';
import type { Acceptance, Claim, ConversationStore } from '#app/ports/store.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';

export const DAY = 24 * 60 * 60 * 1000;
export const LEASE = 10_000;

type Claimed = Extract<Claim, { claimed: true }>;
export type OpenStore = (clock: SettableClock) => Promise<ConversationStore>;

/** The steps that most tests begin with, on the test's own store. */
export interface StoreSteps {
  readonly clock: SettableClock;
  readonly store: ConversationStore;
  accept(message: Message): Promise<Acceptance>;
  /** Accepts the message and claims its conversation. */
  claim(message: Message): Promise<Claimed>;
  /** Writes a reply and sends every part of it; the turn stays open. */
  answer(held: Claimed, texts?: readonly string[]): Promise<readonly Part[]>;
  /** Accepts the message, answers it, and ends its turn. */
  finish(message: Message): Promise<void>;
  /** Accepts the message and gives it up, without an apology. Resolves to its conversation. */
  giveUp(message: Message): Promise<ConversationId>;
}

export type StoreTest = ReturnType<typeof storeTest>;

export function storeTest(open: OpenStore) {
  return test
    .extend('clock', () => settableClock())
    .extend('store', async ({ clock }, { onCleanup }) => {
      const store = await open(clock);
      onCleanup(() => store.close());
      return store;
    })
    .extend('accept', ({ store }): StoreSteps['accept'] => async (first) => {
      const [acceptance] = await store.accept([first]);
      return acceptance ?? raise('no acceptance');
    })
    .extend('claim', ({ store, accept }): StoreSteps['claim'] => async (first) => {
      const { conversation } = await accept(first);
      return claimed(await store.claim(conversation, LEASE));
    })
    .extend('answer', ({ store }): StoreSteps['answer'] => async ({ lease }, texts = ['An answer.']) => {
      const parts = await store.writeReply(lease, texts, {});
      for (const { key } of parts) {
        await store.markSending(lease, key);
        await store.markSent(lease, key, `wamid.of-${key}`);
      }
      return parts;
    })
    .extend('finish', ({ store, claim, answer }): StoreSteps['finish'] => async (first) => {
      const held = await claim(first);
      await answer(held);
      await store.finish(held.lease);
    })
    .extend('giveUp', ({ store, claim }): StoreSteps['giveUp'] => async (first) => {
      const { lease } = await claim(first);
      await store.giveUp(lease, 'poison', []);
      await store.finish(lease);
      return lease.conversation;
    });
}

export function claimed(claim: Claim): Claimed {
  return claim.claimed ? claim : raise(`not claimed: ${claim.because}`);
}

export function raise(reason: string): never {
  throw new Error(reason);
}
