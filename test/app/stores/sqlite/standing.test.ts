import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { settableClock } from '../../../fakes/clock.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { AISHA, BILAL, message } from '../../../fakes/messages.ts';

it.each([
  ['no JSON', 'a secret', 'it'],
  ['another type', '{"optedOutAt":"a secret"}', 'optedOutAt'],
  ['an unknown hand-off', '{"handOff":{"by":"a secret","since":1,"until":2}}', 'handOff.by'],
])(
  'a standing that is %s is an error that names the conversation, and stops no other',
  async (_, text, where) => {
    const path = join(temporaryFolder(), 'test.db');
    const store = await openSqliteStore({ path, clock: settableClock(), newId: randomUUID });
    const [broken, other] = await store.accept([message(), message('?', { person: BILAL })]);
    const id = broken?.conversation ?? '';
    const database = new DatabaseSync(path);
    database.prepare('UPDATE conversations SET standing = ? WHERE id = ?').run(text, id);
    database.close();
    const sentence = new RegExp(`the standing of the conversation ${id} cannot be read: ${where}: `);
    for (const call of [store.claim(id, 1_000), store.conversation(id), store.conversations(10)]) {
      const error = await call.then(String, String);
      expect(error).toMatch(sentence);
      expect(error).not.toContain('a secret');
    }
    expect(await store.claim(other?.conversation ?? '', 1_000)).toMatchObject({ claimed: true });
    // An operator can delete it by the person.
    expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 1 });
    await store.close();
  },
);
