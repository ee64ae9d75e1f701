/** `npm run redrive -- <store>`: lists dead letters, and sends them back. */

import { systemClock as clock } from '../app/clock.ts';
import { isWindowOpen } from '../app/conversation/window.ts';
import type { ConversationId } from '../app/domain/conversation.ts';
import type { DeadLetter } from '../app/ports/store.ts';
import { type Call, type Print, runCommand } from './command.ts';
import { UsageError } from './errors.ts';
import type { DeadWakeUp } from './operations/dead-wake-ups.ts';
import { asStoreTarget, type OpenStore, withStore } from './operations/open-store.ts';

const HELP = `Usage: npm run redrive -- <local|staging|production> [--all | <id>...]

Lists dead letters, the newest first: turns that failed their last attempt, and in AWS also wake-ups in the dead-letter
queue. Sends back those that are named, or all: the messages of a turn wait again and are answered within some seconds,
a reply that WhatsApp reported as failed after its turn ("a reply") is sent again, a wake-up is sent anew. Running it
again changes nothing. Two kinds are left where they are: queue messages that are not wake-ups of this service, and
turns of people who have not written for 24 hours, since WhatsApp takes no reply to them until they write again.

"local" is the store that this machine is configured for (SQLITE_PATH, or the tables of STORE=dynamodb, in the
environment or in .env). A stack is found through its SSM parameters, with your own AWS credentials. The output holds
no text and no phone number.

  --all     everything that can be answered, up to 200 turns in one run
  --help    this text

Exit codes: 0 done, 1 an id is unknown or too old, or an error, 2 wrong call.
`;

/** Maximum number of turns, and of wake-ups, in one run. */
const MAX_LISTED = 200;
/** More dead letters than a store can hold: those that are too old must not hide the others. */
const MAX_READ = 1_000_000;

const TOO_OLD = 'too old to answer until the person writes again: WhatsApp takes replies for 24 hours';

const OPTIONS = { all: { type: 'boolean', default: false } } as const;

await runCommand({ name: 'redrive', help: HELP, options: OPTIONS, run: redrive });

async function redrive({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  const [word, ...ids] = args;
  const target = asStoreTarget(word);
  if (target === undefined) throw new UsageError('Name a store: local, staging or production.');
  return withStore(target, async (opened) => {
    const wakeUps = (await opened.deadWakeUps?.receive(MAX_LISTED)) ?? [];
    /** Wake-ups that are invisible to others until they are given back. */
    const received = new Set(wakeUps);
    try {
      const deadLetters = await opened.store.deadLetters(MAX_READ);
      const tooOld = await turnsOutsideWindow(deadLetters, opened);
      if (ids.length === 0 && !values.all) {
        const listed = { deadLetters: deadLetters.slice(0, MAX_LISTED), tooOld, wakeUps };
        return list(opened, listed, `npm run redrive -- ${target} --all`, print);
      }
      const chosen = values.all ? wakeUps : wakeUps.filter(({ id }) => ids.includes(id));
      const answerable = deadLetters.map(({ turnId }) => turnId).filter((turnId) => !tooOld.has(turnId));
      const others = ids.filter((id) => !chosen.some((wakeUp) => wakeUp.id === id));
      const turns = values.all ? answerable.slice(0, MAX_LISTED) : others;
      return await sendBack(opened, { turns, tooOld, wakeUps: chosen }, received, print);
    } finally {
      for (const wakeUp of received) await opened.deadWakeUps?.release(wakeUp);
    }
  });
}

/** Resolves to the turns that would become dead letters again: their people have not written for 24 hours. */
async function turnsOutsideWindow(
  deadLetters: readonly DeadLetter[],
  { store }: OpenStore,
): Promise<ReadonlySet<string>> {
  const old = deadLetters.filter(({ newestAt }) => !isWindowOpen(newestAt, clock.now()));
  const wroteAgain = new Set<ConversationId>();
  for (const id of new Set(old.map(({ conversation }) => conversation))) {
    const { inboundAt = 0 } = (await store.conversation(id))?.conversation.standing ?? {};
    if (isWindowOpen(inboundAt, clock.now())) wroteAgain.add(id);
  }
  return new Set(old.filter((one) => !wroteAgain.has(one.conversation)).map(({ turnId }) => turnId));
}

interface Chosen {
  readonly turns: readonly string[];
  /** Turns that stay dead letters. */
  readonly tooOld: ReadonlySet<string>;
  readonly wakeUps: readonly DeadWakeUp[];
}

async function sendBack(
  opened: OpenStore,
  { turns, tooOld, wakeUps }: Chosen,
  received: Set<DeadWakeUp>,
  print: Print,
): Promise<number> {
  for (const wakeUp of wakeUps) if (await sendWakeUpBack(opened, wakeUp, print)) received.delete(wakeUp);
  let left = 0;
  for (const turn of turns) {
    if (tooOld.has(turn)) print(`${turn}: ${TOO_OLD}; it stays`);
    else if (await sendTurnBack(opened, turn, print)) continue;
    left += 1;
  }
  if (turns.length + wakeUps.length === 0)
    print(`No dead letters that can be answered in ${opened.location}.`);
  return left > 0 ? 1 : 0;
}

interface Listed extends Pick<Chosen, 'tooOld' | 'wakeUps'> {
  readonly deadLetters: readonly DeadLetter[];
}

function list(
  { location, deadWakeUps }: OpenStore,
  { deadLetters, tooOld, wakeUps }: Listed,
  all: string,
  print: Print,
): number {
  for (const deadLetter of deadLetters) {
    const { turnId, gaveUpAt, messages, reason } = deadLetter;
    const mark = tooOld.has(turnId) ? `  (${TOO_OLD})` : '';
    const what = messages === 0 ? 'a reply' : `${messages} message(s)`;
    print(`${turnId}  ${new Date(gaveUpAt).toISOString()}  ${what}  ${reason}${mark}`);
  }
  for (const { id, conversation } of wakeUps) {
    print(
      `${id}  ${conversation === undefined ? 'not a wake-up of this service' : `a wake-up for ${conversation}`}`,
    );
  }
  if (wakeUps.some(({ conversation }) => conversation === undefined)) {
    print(
      `\nOnly purging the whole queue removes what is not a wake-up: aws sqs purge-queue --queue-url ${deadWakeUps?.url}`,
    );
  }
  if (deadLetters.length + wakeUps.length === 0) print(`No dead letters in ${location}.`);
  else if (wakeUps.length > 0 || deadLetters.some(({ turnId }) => !tooOld.has(turnId)))
    print(`\nSend back: ${all}`);
  return 0;
}

/** Sends before it deletes: a failure in between sends the wake-up twice, which is harmless. */
async function sendWakeUpBack(
  { queue, deadWakeUps }: OpenStore,
  wakeUp: DeadWakeUp,
  print: Print,
): Promise<boolean> {
  const { id, conversation } = wakeUp;
  if (conversation === undefined) {
    print(`${id}: not a wake-up of this service; it stays`);
    return false;
  }
  await queue?.wake(conversation, 0);
  await deadWakeUps?.delete(wakeUp);
  print(`${id}: sent again`);
  return true;
}

async function sendTurnBack(
  { store, location, queue }: OpenStore,
  turnId: string,
  print: Print,
): Promise<boolean> {
  const conversation = await store.redrive(turnId);
  if (conversation === undefined) {
    print(`${turnId}: no such dead letter in ${location}`);
    return false;
  }
  await queue?.wake(conversation, 0);
  print(`${turnId}: waits again`);
  return true;
}
