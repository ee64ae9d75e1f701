import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../errors.ts';
import type { ControlClient } from '../control-client.ts';
import { entriesOf, type ReadEntry } from './answers.ts';

const EVERY_MS = 200;
/** What the app does nothing with, such as a reaction, has no step. */
const NO_STEP_MS = 3_000;

/** How the wait for a reply ended. `ignored`: the app took the message and has done nothing with it. */
export type WaitEnd = 'finished' | 'given_up' | 'ignored' | 'waiting';

interface Message {
  readonly person: string;
  readonly id: string;
}

/** Resolves when the turn of the message has ended, at the latest after `waitMs`. */
export async function waitForReply(
  control: ControlClient,
  { person, id }: Message,
  waitMs: number,
): Promise<{ readonly end: WaitEnd; readonly entries: readonly ReadEntry[] }> {
  const from = Date.now();
  for (;;) {
    const entries = await entriesOf(control, person, id);
    const end = endOf(entries, Date.now() - from);
    if (end !== 'waiting' || Date.now() - from >= waitMs) return { end, entries };
    await sleep(EVERY_MS);
  }
}

function endOf(entries: readonly ReadEntry[], waitedMs: number): WaitEnd {
  const steps = entries.filter((entry) => entry.type === 'step');
  const last = steps.findLast(({ name }) => name === 'finished' || name === 'given_up');
  if (last?.name === 'finished' || last?.name === 'given_up') return last.name;
  const isTaken = entries.some(
    (entry) => entry.type === 'hop' && entry.kind === 'delivery' && entry.status === 200,
  );
  return isTaken && steps.length === 0 && waitedMs >= NO_STEP_MS ? 'ignored' : 'waiting';
}

/** Calls `act`, and resolves when the app responds again after it. Rejects with `CommandError` after `waitMs`. */
export async function untilAppResponds(
  control: ControlClient,
  person: string,
  act: () => Promise<unknown>,
  waitMs: number,
): Promise<void> {
  const isUp = (entry: ReadEntry): boolean =>
    entry.type === 'note' && entry.text === 'the app responds again';
  const before = new Set((await entriesOf(control, person)).filter(isUp).map(({ id }) => id));
  await act();
  const from = Date.now();
  while (Date.now() - from < waitMs) {
    const entries = await entriesOf(control, person);
    if (entries.some((entry) => isUp(entry) && !before.has(entry.id))) return;
    await sleep(EVERY_MS);
  }
  throw new CommandError(
    `The app has not responded within ${waitMs / 1_000} s; see the output of npm run dev.`,
  );
}
