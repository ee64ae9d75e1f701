/** Gives the number at Meta the callback that it had before. */
import { CommandError, messageOf } from '../../errors.ts';
import { provenCallback } from '../../meta/callback.ts';
import { callbacksOf, setNumberCallback } from '../../meta/number-callback.ts';
import { type Meta, withMeta } from '../../meta/open.ts';
import type { Source } from '../../subcommands/source.ts';
import { isPresent } from './presence.ts';
import { type CallbackRecord, readRecord, removeRecord } from './record.ts';

type Say = (sentence: string) => void;

/**
 * Takes back what a former run left when it crashed, after saying so. Resolves to false when it is still there: the sentence that
 * was said has the command. Does nothing while the process that set it is running.
 */
export async function takeBackLeftover(root: string, source: Source, say: Say): Promise<boolean> {
  let record: CallbackRecord | undefined;
  try {
    record = readRecord(root);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(error.message);
    return false;
  }
  if (record === undefined) return true;
  if (await isPresent(record)) {
    say(
      `Another npm run dev -- --meta (process ${record.pid}) has the callback of the number ${record.number}.`,
    );
    return false;
  }
  say(
    `A former npm run dev -- --meta did not end well: the number ${record.number} at Meta still delivers to ${record.callback}.`,
  );
  return takeBack(root, record, source, say);
}

/** Resolves to false when it fails, after saying why, with the command that does it. Never rejects. */
export async function takeBack(
  root: string,
  record: CallbackRecord,
  source: Source,
  say: Say,
): Promise<boolean> {
  try {
    say(await withMeta({ number: record.number }, (meta) => restore(meta, record), source));
    removeRecord(root);
    return true;
  } catch (error) {
    say(
      `The callback of the number at Meta could not be taken back: ${messageOf(error)}\nDo it yourself: ${commandFor(record)}\nThe next npm run dev tries again.`,
    );
    return false;
  }
}

function commandFor({ number, before }: CallbackRecord): string {
  return `npm run meta -- override ${before === '' ? 'clear' : `set ${before}`} --number ${number}`;
}

/** Resolves to what was done. Idempotent. */
async function restore(meta: Meta, { apiUrl, callback, before }: CallbackRecord): Promise<string> {
  const configured = await meta.settings.graph();
  if (configured.apiUrl !== apiUrl)
    throw new CommandError(`it was set at ${apiUrl}, and META_API_URL is ${configured.apiUrl} now.`);
  const current = await callbackOf(meta);
  const wanted = before === '' ? 'none' : before;
  if (current === before) return `The callback of the number at Meta is ${wanted}, as before.`;
  if (current !== callback)
    return `The callback of the number at Meta is ${current || 'none'}, which was set meanwhile: it stays.`;
  await setNumberCallback(
    meta,
    // Meta asks the address itself.
    before === '' ? undefined : await provenCallback(meta.settings, before, { force: true }),
  );
  if ((await callbackOf(meta)) !== before)
    throw new CommandError('Meta accepted the change, but does not report it.');
  return `The callback of the number at Meta is ${wanted} again.`;
}

async function callbackOf(meta: Meta): Promise<string> {
  return (await callbacksOf(meta)).phone_number ?? '';
}
