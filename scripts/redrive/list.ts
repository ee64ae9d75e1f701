import { report } from '../subcommands/print.ts';
import { MAX_LISTED, MAX_READ, type Run } from './run.ts';
import { TOO_OLD, turnsOutsideWindow } from './too-old.ts';

/** Prints the dead letters and the wake-ups that nobody could handle. */
export async function list({ opened, target, options, wakeUps, print }: Run): Promise<number> {
  const all = await opened.store.deadLetters(MAX_READ);
  const tooOld = await turnsOutsideWindow(all, opened);
  const deadLetters = all.slice(0, MAX_LISTED).map(({ turnId: id, gaveUpAt, newestAt, ...rest }) => ({
    ...{ id, gaveUpAt: new Date(gaveUpAt).toISOString(), newestAt: new Date(newestAt).toISOString() },
    ...{ ...rest, tooOld: tooOld.has(id) },
  }));
  const object = {
    store: opened.location,
    deadLetters,
    wakeUps: wakeUps.map(({ id, conversation }) => ({ id, conversation: conversation ?? null })),
  };
  const lines = deadLetters.map(({ id, gaveUpAt, messages, reason, tooOld }) => {
    const what = messages === 0 ? 'a reply' : `${messages} message(s)`;
    return `${id}  ${gaveUpAt}  ${what}  ${reason}${tooOld ? `  (${TOO_OLD})` : ''}`;
  });
  for (const { id, conversation } of wakeUps) {
    lines.push(
      `${id}  ${conversation === undefined ? 'not a wake-up of this service' : `a wake-up for ${conversation}`}`,
    );
  }
  if (lines.length === 0) lines.push(`No dead letters in ${opened.location}.`);
  else {
    const command = `npm run redrive -- ${target}`;
    const canBeSent = wakeUps.length > 0 || deadLetters.some((one) => !one.tooOld);
    if (canBeSent) lines.push(`\nSend back: ${command} --all`);
    lines.push(`${canBeSent ? '' : '\n'}Look at one: ${command} show <id>; delete it: ${command} drop <id>`);
  }
  report(options, print, object, lines);
  return 0;
}
