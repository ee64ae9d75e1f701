import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { checkpointing } from '#app/stores/sqlite/checkpoint.ts';

it('a checkpoint that fails, as on a full disk, does not end the thread, and is tried again', () => {
  const database = new DatabaseSync(':memory:');
  let tries = 0;
  database.exec = () => {
    tries += 1;
    throw new Error('database or disk is full');
  };
  const afterCommit = checkpointing(database);
  for (let commit = 0; commit < 300; commit += 1) afterCommit(4);
  expect(tries).toBeGreaterThan(3);
});
