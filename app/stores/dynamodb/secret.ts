import type { Key, Table } from '../../aws/table.ts';
import type { StoreSecret } from '../../domain/identity.ts';

const KEY: Key = { conversation: 'keys', item: 'ids' };

/** Resolves to the secret that the ids in the tables are keyed with. */
export type ReadSecret = () => Promise<StoreSecret>;

/**
 * The secret is in the table of the conversations. The first process makes it; each process reads it once. A failed read
 * is repeated by the next caller.
 */
export function openSecret(conversations: Table, newId: () => string): ReadSecret {
  let reading: Promise<StoreSecret> | undefined;

  async function read(): Promise<StoreSecret> {
    const found = await conversations.get(KEY);
    if (typeof found?.value === 'string') return found.value;
    const value = `${newId()}${newId()}`;
    const write = await conversations.putOrGet(KEY, { value }, { when: 'attribute_not_exists(#item)' });
    // Another process may have been faster, or the response to this put was lost and the SDK repeated it.
    return typeof write.item?.value === 'string' ? write.item.value : value;
  }

  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
