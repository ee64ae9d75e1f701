/** `npm run redrive -- <where>`: lists what was given up, and sends it back. */

import { type Call, runCommand, type Say, Usage } from './command.ts';
import type { DeadWakeUp } from './kept/dead-wake-ups.ts';
import { asWhere, type Kept, withKept } from './kept/open.ts';

const HELP = `Usage: npm run redrive -- <local|staging|production> [--all | <id>...]

Lists what was given up, the newest first: turns after their last attempt, and in AWS also wake-ups in the dead-letter
queue. Named ones, or all, are sent back: the messages of a turn wait again and are answered within some seconds, a
wake-up is sent anew. A second time changes nothing. What is no wake-up of ours stays where it is.

"local" is the store that this machine's configuration names (SQLITE_PATH, or the tables of STORE=dynamodb); a stack is
found through its SSM parameters, with your own AWS credentials. No text and no phone number is shown.

  --all     everything that is listed
  --help    this text

Exit codes: 0 done, 1 something is not there or went wrong, 2 wrong call.
`;

/** Of each kind; what is beyond it is listed when these are gone. */
const LISTED = 200;

const OPTIONS = { all: { type: 'boolean', default: false } } as const;

await runCommand({ name: 'redrive', help: HELP, options: OPTIONS, run: redrive });

async function redrive({ values, words, say }: Call<typeof OPTIONS>): Promise<number> {
  const [place, ...named] = words;
  const where = asWhere(place);
  if (where === undefined) throw new Usage('Say where: local, staging or production.');
  return withKept(where, async (kept) => {
    const wakeUps = (await kept.deadWakeUps?.take(LISTED)) ?? [];
    /** Nobody else sees them while they are taken. */
    const taken = new Set(wakeUps);
    try {
      if (values.all) return await sendBack(kept, await turnsOf(kept), wakeUps, taken, say);
      if (named.length === 0) return await list(kept, wakeUps, `npm run redrive -- ${where} --all`, say);
      const chosen = wakeUps.filter(({ id }) => named.includes(id));
      const turns = named.filter((name) => !chosen.some(({ id }) => id === name));
      return await sendBack(kept, turns, chosen, taken, say);
    } finally {
      for (const wakeUp of taken) await kept.deadWakeUps?.giveBack(wakeUp);
    }
  });
}

async function turnsOf({ store }: Kept): Promise<string[]> {
  return (await store.deadLetters(LISTED)).map(({ turnId }) => turnId);
}

async function sendBack(
  kept: Kept,
  turns: readonly string[],
  wakeUps: readonly DeadWakeUp[],
  taken: Set<DeadWakeUp>,
  say: Say,
): Promise<number> {
  for (const wakeUp of wakeUps) if (await sendWakeUpBack(kept, wakeUp, say)) taken.delete(wakeUp);
  let missing = 0;
  for (const turn of turns) if (!(await sendTurnBack(kept, turn, say))) missing += 1;
  if (turns.length + wakeUps.length === 0) say('No dead letters.');
  return missing > 0 ? 1 : 0;
}

async function list(
  { store, deadWakeUps }: Kept,
  wakeUps: readonly DeadWakeUp[],
  all: string,
  say: Say,
): Promise<number> {
  const letters = await store.deadLetters(LISTED);
  for (const { turnId, buriedAt, messages, reason } of letters) {
    say(`${turnId}  ${new Date(buriedAt).toISOString()}  ${messages} message(s)  ${reason}`);
  }
  for (const { id, conversation } of wakeUps) {
    say(`${id}  ${conversation === undefined ? 'no wake-up of ours' : `a wake-up for ${conversation}`}`);
  }
  if (wakeUps.some(({ conversation }) => conversation === undefined)) {
    say(`\nDelete what is no wake-up: aws sqs purge-queue --queue-url ${deadWakeUps?.url}`);
  }
  say(letters.length + wakeUps.length === 0 ? 'No dead letters.' : `\nSend back: ${all}`);
  return 0;
}

/** Sent before it is deleted: what breaks in between is sent once more, and that does no harm. */
async function sendWakeUpBack({ queue, deadWakeUps }: Kept, wakeUp: DeadWakeUp, say: Say): Promise<boolean> {
  const { id, conversation } = wakeUp;
  if (conversation === undefined) {
    say(`${id}: no wake-up of ours; it stays`);
    return false;
  }
  await queue?.wake(conversation, 0);
  await deadWakeUps?.delete(wakeUp);
  say(`${id}: sent again`);
  return true;
}

async function sendTurnBack({ store, queue }: Kept, turnId: string, say: Say): Promise<boolean> {
  const conversation = await store.redrive(turnId);
  if (conversation === undefined) {
    say(`${turnId}: no such dead letter`);
    return false;
  }
  await queue?.wake(conversation, 0);
  say(`${turnId}: waits again`);
  return true;
}
