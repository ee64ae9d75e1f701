import type { Config } from '../../app/config.ts';
import type { Clock } from '../../app/ports/clock.ts';
import type { Backlog } from '../../app/ports/store.ts';
import { type View, viewOf } from '../conversations/view.ts';
import { messageOf } from '../errors.ts';
import type { OpenStore } from '../operations/open-store.ts';
import { Impossible } from './bad-request.ts';
import type { Person } from './people.ts';

/** What the store of the app holds about a person, without a text. */
export type Inside =
  | { readonly available: false; readonly why: string }
  | {
      readonly available: true;
      readonly conversations: readonly View[];
      readonly deadLetters: readonly DeadLetterView[];
      readonly backlog: Backlog;
      /** Where wake-ups wait. */
      readonly queue: string;
    };

interface DeadLetterView {
  readonly turnId: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly gaveUpAt: number;
  readonly messages: number;
}

const MAX_DEAD_LETTERS = 200;

/** Resolves to what the store of the app says about the person. */
export async function lookInside(config: Config | string, clock: Clock, person: Person): Promise<Inside> {
  if (typeof config === 'string') return { available: false, why: config };
  try {
    return await withAppStore(config, clock, async ({ store }) => {
      const identities = [person.phone, person.userId].filter((one) => one !== undefined);
      const found = (await Promise.all(identities.map((one) => store.conversationsOf(one)))).flat();
      const byId = new Map(found.map((shown) => [shown.conversation.id, shown]));
      const own = (await store.deadLetters(MAX_DEAD_LETTERS)).filter((one) => byId.has(one.conversation));
      return {
        available: true,
        conversations: [...byId.values()].map((shown) => viewOf(shown, clock.now(), person.id)),
        deadLetters: own.map(({ turnId, reason, gaveUpAt, messages }) => ({
          ...{ turnId, reason, gaveUpAt, messages },
        })),
        backlog: await store.backlog(),
        queue: config.queue.kind,
      };
    });
  } catch (error) {
    return { available: false, why: messageOf(error) };
  }
}

/**
 * Sends a dead letter back. Resolves to its conversation; to undefined when there is no such dead letter. Throws `Impossible`
 * when the store cannot be opened.
 */
export async function redrive(
  config: Config | string,
  clock: Clock,
  turn: string,
): Promise<string | undefined> {
  if (typeof config === 'string') throw new Impossible(config);
  return withAppStore(config, clock, async ({ store, queue }) => {
    const conversation = await store.redrive(turn);
    if (conversation !== undefined) await queue?.wake(conversation, 0);
    return conversation;
  }).catch((error: unknown) => {
    throw new Impossible(messageOf(error), { cause: error });
  });
}

/** Opened for each call: a store that stays open would keep the app from cleaning its file. */
async function withAppStore<T>(
  config: Config,
  clock: Clock,
  use: (opened: OpenStore) => Promise<T>,
): Promise<T> {
  // Loaded on demand: the simulator starts without it.
  const { openConfigured } = await import('../operations/open-store.ts');
  const opened = await openConfigured(config, clock);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
