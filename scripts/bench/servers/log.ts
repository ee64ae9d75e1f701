import { fdatasync, openSync, write } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { receive, respondStored } from './receive.ts';

/**
 * The limit of durable storage: an append-only file with group commit. While the disk writes one group of deliveries,
 * the next group is collected. Nothing is indexed.
 */
const file = openSync(process.env.LOG_FILE ?? '', 'a', 0o600);
let pending: { readonly bytes: Buffer; readonly response: ServerResponse }[] = [];
let busy = false;

receive((bytes, response) => {
  pending.push({ bytes, response });
  if (!busy) {
    busy = true;
    setImmediate(store);
  }
});

function store(): void {
  const group = pending;
  pending = [];
  const bytes = Buffer.concat(group.map(({ bytes }) => bytes));
  write(file, bytes, (error, written) => {
    if (error !== null) throw error;
    if (written !== bytes.length) throw new Error('the disk is full');
    fdatasync(file, (syncError) => {
      if (syncError !== null) throw syncError;
      for (const { response } of group) respondStored(response);
      if (pending.length > 0) store();
      else busy = false;
    });
  });
}
