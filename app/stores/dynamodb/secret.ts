import type { StoreSecret } from '../../domain/identity.ts';
import { text } from './attributes.ts';
import type { Key, Table } from './table.ts';

const KEY: Key = { conversation: 'keys', item: 'ids' };

/** Resolves to what the ids in the tables are keyed with. */
export type ReadSecret = () => Promise<StoreSecret>;

/**
 * The secret lies in the table of the conversations. The first process makes it; each process reads it once. A failed
 * reading is tried again by the next caller.
 */
export function openSecret(conversations: Table, newId: () => string): ReadSecret {
  let reading: Promise<StoreSecret> | undefined;

  async function read(): Promise<StoreSecret> {
    const found = await conversations.get(KEY);
    if (found !== undefined) return text(found, 'value');
    const made = `${newId()}${newId()}`;
    await conversations.put({ ...KEY, value: made }, { when: 'attribute_not_exists(#item)' });
    // Another process may have been faster, or the answer to this put was lost and the SDK repeated it.
    const written = await conversations.get(KEY);
    return written === undefined ? made : text(written, 'value');
  }

  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
