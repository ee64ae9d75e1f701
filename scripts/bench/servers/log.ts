import { fdatasync, openSync, write } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { answerStored, receive } from './receive.ts';

/**
 * The limit of durable storage: an append-only file. While the disk is busy with one group of deliveries, the next one
 * gathers; nothing is indexed and nothing can be found again.
 */
const file = openSync(process.env.LOG_FILE ?? '', 'a', 0o600);
let gathered: { readonly bytes: Buffer; readonly response: ServerResponse }[] = [];
let busy = false;

receive((bytes, response) => {
  gathered.push({ bytes, response });
  if (!busy) {
    busy = true;
    setImmediate(store);
  }
});

function store(): void {
  const group = gathered;
  gathered = [];
  const all = Buffer.concat(group.map(({ bytes }) => bytes));
  write(file, all, (failed, written) => {
    if (failed !== null) throw failed;
    if (written !== all.length) throw new Error('the disk is full');
    fdatasync(file, (unsafe) => {
      if (unsafe !== null) throw unsafe;
      for (const { response } of group) answerStored(response);
      if (gathered.length > 0) store();
      else busy = false;
    });
  });
}
