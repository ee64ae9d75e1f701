/** `npm run redrive -- <where>`: lists what was given up, and sends it back. */

import { systemClock as clock } from '../app/clock.ts';
import { isReachable } from '../app/conversation/policy.ts';
import type { DeadLetter } from '../app/ports/store.ts';
import { type Call, runCommand, type Say, Usage } from './command.ts';
import type { DeadWakeUp } from './kept/dead-wake-ups.ts';
import { asWhere, type Kept, withKept } from './kept/open.ts';

const HELP = `Usage: npm run redrive -- <local|staging|production> [--all | <id>...]

Lists what was given up, the newest first: turns after their last attempt, and in AWS also wake-ups in the dead-letter
queue. Named ones, or all, are sent back: the messages of a turn wait again and are answered within some seconds, a
reply that WhatsApp reported as failed after its turn ("a reply") goes again, a wake-up is sent anew. A second time
changes nothing. What is no wake-up of ours stays where it is, and so does a turn
whose newest message is older than 24 hours: WhatsApp takes no reply to it any more.

"local" is the store that this machine's configuration names (SQLITE_PATH, or the tables of STORE=dynamodb, in the
environment or in .env); a stack is found through its SSM parameters, with your own AWS credentials. No text and no
phone number is shown.

  --all     everything that can be answered, up to 200 turns at once
  --help    this text

Exit codes: 0 done, 1 something is not there, too old, or went wrong, 2 wrong call.
`;

/** Of each kind, in one run. */
const LISTED = 200;
/** More than are given up in the time that they are kept: those that are too old must not hide the others. */
const ALL = 1_000_000;

const TOO_OLD = 'too old to answer: WhatsApp takes replies for 24 hours';

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
      const letters = await kept.store.deadLetters(ALL);
      if (named.length === 0 && !values.all) {
        return list(kept, letters.slice(0, LISTED), wakeUps, `npm run redrive -- ${where} --all`, say);
      }
      const chosen = values.all ? wakeUps : wakeUps.filter(({ id }) => named.includes(id));
      const answerable = letters.filter((letter) => !isTooOld(letter)).map(({ turnId }) => turnId);
      const others = named.filter((name) => !chosen.some(({ id }) => id === name));
      const turns = values.all ? answerable.slice(0, LISTED) : others;
      const tooOld = letters.filter(isTooOld).map(({ turnId }) => turnId);
      return await sendBack(kept, { turns, tooOld, wakeUps: chosen }, taken, say);
    } finally {
      for (const wakeUp of taken) await kept.deadWakeUps?.giveBack(wakeUp);
    }
  });
}

/** Nothing would be said to its person, and the letter would be gone. */
function isTooOld({ newestAt }: DeadLetter): boolean {
  return !isReachable(newestAt, clock.now());
}

interface Chosen {
  readonly turns: readonly string[];
  /** Of these, what is left where it is. */
  readonly tooOld: readonly string[];
  readonly wakeUps: readonly DeadWakeUp[];
}

async function sendBack(
  kept: Kept,
  { turns, tooOld, wakeUps }: Chosen,
  taken: Set<DeadWakeUp>,
  say: Say,
): Promise<number> {
  for (const wakeUp of wakeUps) if (await sendWakeUpBack(kept, wakeUp, say)) taken.delete(wakeUp);
  let left = 0;
  for (const turn of turns) {
    if (tooOld.includes(turn)) say(`${turn}: ${TOO_OLD}; it stays`);
    else if (await sendTurnBack(kept, turn, say)) continue;
    left += 1;
  }
  if (turns.length + wakeUps.length === 0) say(`No dead letters that can be answered in ${kept.place}.`);
  return left > 0 ? 1 : 0;
}

function list(
  { place, deadWakeUps }: Kept,
  letters: readonly DeadLetter[],
  wakeUps: readonly DeadWakeUp[],
  all: string,
  say: Say,
): number {
  for (const letter of letters) {
    const { turnId, gaveUpAt, messages, reason } = letter;
    const mark = isTooOld(letter) ? `  (${TOO_OLD})` : '';
    const what = messages === 0 ? 'a reply' : `${messages} message(s)`;
    say(`${turnId}  ${new Date(gaveUpAt).toISOString()}  ${what}  ${reason}${mark}`);
  }
  for (const { id, conversation } of wakeUps) {
    say(`${id}  ${conversation === undefined ? 'no wake-up of ours' : `a wake-up for ${conversation}`}`);
  }
  if (wakeUps.some(({ conversation }) => conversation === undefined)) {
    say(
      `\nWhat is no wake-up goes with the whole queue: aws sqs purge-queue --queue-url ${deadWakeUps?.url}`,
    );
  }
  if (letters.length + wakeUps.length === 0) say(`No dead letters in ${place}.`);
  else if (wakeUps.length > 0 || !letters.every(isTooOld)) say(`\nSend back: ${all}`);
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

async function sendTurnBack({ store, place, queue }: Kept, turnId: string, say: Say): Promise<boolean> {
  const conversation = await store.redrive(turnId);
  if (conversation === undefined) {
    say(`${turnId}: no such dead letter in ${place}`);
    return false;
  }
  await queue?.wake(conversation, 0);
  say(`${turnId}: waits again`);
  return true;
}
