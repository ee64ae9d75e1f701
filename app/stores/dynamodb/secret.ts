import type { Key } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { StoreSecret } from '../../domain/identity.ts';

const KEY: Key = { conversation: 'keys', item: 'ids' };

/** Resolves to the key of the ids in the tables. */
export type ReadSecret = () => Promise<StoreSecret>;

/**
 * The secret is stored in the conversations table. The first process creates it; each process reads it once. The next
 * caller repeats a failed read.
 */
export function openSecret(conversations: Table, newId: () => string): ReadSecret {
  let reading: Promise<StoreSecret> | undefined;

  async function read(): Promise<StoreSecret> {
    const found = await conversations.get(KEY);
    if (typeof found?.value === 'string') return found.value;
    const value = `${newId()}${newId()}`;
    const write = await conversations.putOrGet(KEY, { value }, { when: 'attribute_not_exists(#item)' });
    // Another process may have created it, or the response to this put was lost and the SDK repeated it.
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
