import { confirm } from '../operations/confirm.ts';
import type { OpenStore } from '../operations/open-store.ts';
import { report } from '../subcommands/print.ts';
import { chosenOf, MAX_LISTED, type Result, type Run } from './run.ts';

type Outcome = 'dropped' | 'wake_up_deleted' | 'unknown';

/** Deletes the named dead letters and wake-ups, or all, after the operator said so. Idempotent. */
export async function drop(run: Run): Promise<number> {
  const { opened, options, gone, print } = run;
  const { store, location, deadWakeUps } = opened;
  const { chosen, others } = chosenOf(run);
  const turns = options.all ? (await store.deadLetters(MAX_LISTED)).map(({ turnId }) => turnId) : others;
  if (turns.length + chosen.length === 0) {
    report(options, print, { store: location, results: [] }, [`No dead letters in ${location}.`]);
    return 0;
  }
  const what =
    `Deletes ${turns.length} dead letter(s) and ${chosen.length} queue message(s) of ${location}, with their texts. ` +
    'Nobody gets a reply to them, and they cannot be sent back.';
  if (!(await confirm({ what, yes: options.yes }))) {
    print('Nothing was deleted.');
    return 1;
  }
  const results: Result<Outcome>[] = [];
  const add = (id: string, outcome: Outcome) => {
    results.push({ id, outcome });
    if (!options.json) print(`${id}: ${sentenceOf(outcome, opened)}`);
  };
  for (const wakeUp of chosen) {
    await deadWakeUps?.delete(wakeUp);
    gone(wakeUp);
    add(wakeUp.id, 'wake_up_deleted');
  }
  for (const turn of turns) {
    const conversation = await store.drop(turn);
    add(turn, conversation === undefined ? 'unknown' : 'dropped');
  }
  report(options, print, { store: location, results }, []);
  return results.some(({ outcome }) => outcome === 'unknown') ? 1 : 0;
}

function sentenceOf(outcome: Outcome, { location }: OpenStore): string {
  const sentences: Readonly<Record<Outcome, string>> = {
    dropped: 'deleted; its messages count as answered',
    wake_up_deleted: 'deleted from the dead-letter queue',
    unknown: `no such dead letter in ${location}, or its apology is not sent yet`,
  };
  return sentences[outcome];
}
