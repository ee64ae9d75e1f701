import type { DeadWakeUp } from '../operations/dead-wake-ups.ts';
import type { OpenStore } from '../operations/open-store.ts';
import { report } from '../subcommands/print.ts';
import { chosenOf, MAX_LISTED, MAX_READ, type Result, type Run } from './run.ts';
import { TOO_OLD, turnsOutsideWindow } from './too-old.ts';

type Outcome = 'sent_again' | 'not_a_wake_up' | 'waits_again' | 'too_old' | 'unknown';

/** Makes the named turns wait again, or all that can be answered, and sends wake-ups anew. Idempotent. */
export async function sendBack(run: Run): Promise<number> {
  const { opened, options, gone, print } = run;
  const deadLetters = await opened.store.deadLetters(MAX_READ);
  const tooOld = await turnsOutsideWindow(deadLetters, opened);
  const { chosen, others } = chosenOf(run);
  const answerable = deadLetters.map(({ turnId }) => turnId).filter((turnId) => !tooOld.has(turnId));
  const turns = options.all ? answerable.slice(0, MAX_LISTED) : others;
  const results: Result<Outcome>[] = [];
  const add = (id: string, outcome: Outcome) => {
    results.push({ id, outcome });
    if (!options.json) print(`${id}: ${sentenceOf(outcome, opened)}`);
  };
  for (const wakeUp of chosen) {
    const outcome = await sendWakeUpBack(opened, wakeUp);
    if (outcome === 'sent_again') gone(wakeUp);
    add(wakeUp.id, outcome);
  }
  for (const turn of turns) add(turn, tooOld.has(turn) ? 'too_old' : await sendTurnBack(opened, turn));
  const nothing = results.length === 0 ? [`No dead letters that can be answered in ${opened.location}.`] : [];
  report(options, print, { store: opened.location, results }, nothing);
  return results.some(({ outcome }) => outcome === 'too_old' || outcome === 'unknown') ? 1 : 0;
}

function sentenceOf(outcome: Outcome, { location }: OpenStore): string {
  const sentences: Readonly<Record<Outcome, string>> = {
    sent_again: 'sent again',
    not_a_wake_up: 'not a wake-up of this service; it stays',
    waits_again: 'waits again',
    too_old: `${TOO_OLD}; it stays`,
    unknown: `no such dead letter in ${location}`,
  };
  return sentences[outcome];
}

/** Sends before it deletes: a failure in between sends the wake-up twice, which is harmless. */
async function sendWakeUpBack({ queue, deadWakeUps }: OpenStore, wakeUp: DeadWakeUp): Promise<Outcome> {
  if (wakeUp.conversation === undefined) return 'not_a_wake_up';
  await queue?.wake(wakeUp.conversation, 0);
  await deadWakeUps?.delete(wakeUp);
  return 'sent_again';
}

async function sendTurnBack({ store, queue }: OpenStore, turnId: string): Promise<Outcome> {
  const conversation = await store.redrive(turnId);
  if (conversation === undefined) return 'unknown';
  await queue?.wake(conversation, 0);
  return 'waits_again';
}
