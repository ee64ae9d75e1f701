import type { Print } from '../command.ts';
import type { DeadWakeUp } from '../operations/dead-wake-ups.ts';
import type { OpenStore, StoreTarget } from '../operations/open-store.ts';

/** Maximum number of turns, and of wake-ups, in one run. */
export const MAX_LISTED = 200;
/** More dead letters than a store can hold: those that are too old must not hide the others. */
export const MAX_READ = 1_000_000;

/** One run of `npm run redrive` on an open store. */
export interface Run {
  readonly opened: OpenStore;
  readonly target: StoreTarget;
  readonly ids: readonly string[];
  readonly options: {
    readonly all: boolean;
    readonly json: boolean;
    readonly text: boolean;
    readonly yes: boolean;
  };
  /** The wake-ups in the dead-letter queue; empty where there is none. */
  readonly wakeUps: readonly DeadWakeUp[];
  /** Tells that a wake-up is no longer in the queue: the others are given back at the end. */
  readonly gone: (wakeUp: DeadWakeUp) => void;
  readonly print: Print;
}

/** What became of one dead letter or wake-up. */
export interface Result<Outcome extends string> {
  readonly id: string;
  readonly outcome: Outcome;
}

/** Runs with the wake-ups of the dead-letter queue, which are invisible to others until they are given back. */
export async function withWakeUps(
  { opened, ...rest }: Omit<Run, 'wakeUps' | 'gone'>,
  use: (run: Run) => Promise<number>,
): Promise<number> {
  const wakeUps = (await opened.deadWakeUps?.receive(MAX_LISTED)) ?? [];
  const received = new Set(wakeUps);
  const gone = (wakeUp: DeadWakeUp) => void received.delete(wakeUp);
  try {
    return await use({ opened, ...rest, wakeUps, gone });
  } finally {
    for (const wakeUp of received) await opened.deadWakeUps?.release(wakeUp);
  }
}

/** Returns the named wake-ups, or all, and the ids that name none. */
export function chosenOf({ wakeUps, ids, options }: Pick<Run, 'wakeUps' | 'ids' | 'options'>) {
  const chosen = options.all ? wakeUps : wakeUps.filter(({ id }) => ids.includes(id));
  return { chosen, others: ids.filter((id) => !chosen.some((wakeUp) => wakeUp.id === id)) };
}
