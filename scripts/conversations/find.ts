import type { Operations, ShownConversation } from '../../app/ports/store.ts';
import { CommandError, UsageError } from '../errors.ts';
import { identityOf } from '../operations/identity.ts';
import { asStoreTarget, type StoreTarget } from '../operations/open-store.ts';

/** Returns the person or conversation and the store of `<subcommand> <who> [store]`. Throws `UsageError`. */
export function whoAndStore([subcommand, who, word = 'local']: readonly string[]): {
  readonly who: string;
  readonly target: StoreTarget;
} {
  const target = asStoreTarget(word);
  // A call with the store alone forgot the person: "staging" is nobody.
  if (who === undefined || target === undefined || asStoreTarget(who) !== undefined) {
    throw new UsageError(
      `Name one conversation or person, and a store: npm run conversations -- ${subcommand} 15550001111 staging`,
    );
  }
  return { who, target };
}

/**
 * Resolves to the conversation with this id, else to all of the person. Throws `CommandError` when there is none; it does not
 * repeat what was asked for, which may be a phone number.
 */
export async function findConversations(
  store: Pick<Operations, 'conversation' | 'conversationsOf'>,
  location: string,
  who: string,
): Promise<readonly ShownConversation[]> {
  const own = await store.conversation(who.trim());
  const found = own === undefined ? await store.conversationsOf(identityOf(who)) : [own];
  if (found.length === 0)
    throw new CommandError(`There is no such conversation, and no such person, in ${location}.`);
  return found;
}
