import type { Questions } from '../domain/conversation.ts';

/** Counted from the first question, since midnight depends on a time zone that is unknown. */
const WINDOW_MS = 24 * 60 * 60 * 1000;
/** The notice that the limit is reached costs a message like any other. */
const NOTIFY_EVERY_MS = 6 * 60 * 60 * 1000;

export type Admission =
  /** `questions` must be stored before the assistant is asked; absent when unchanged. */
  | { readonly admitted: true; readonly questions?: Questions }
  /** `notify`: send the notice. `questions` must be stored with the reply. */
  | { readonly admitted: false; readonly notify: boolean; readonly questions: Questions };

interface Asking {
  readonly turn: string;
  /** Questions in 24 hours; 0: unlimited. */
  readonly limit: number;
  readonly now: number;
}

/**
 * Decides whether a person may ask the question of this turn. A turn counts once, however often it is tried; a counted
 * turn is always admitted. Pure.
 */
export function admit(known: Questions | undefined, { turn, limit, now }: Asking): Admission {
  if (limit === 0 || known?.turn === turn) return { admitted: true };
  const isCurrent = known !== undefined && now - known.since < WINDOW_MS;
  const { since, count } = isCurrent ? known : { since: now, count: 0 };
  const toldAt = known?.toldAt ?? 0;
  if (count < limit) return { admitted: true, questions: { since, count: count + 1, turn, toldAt } };
  const notify = now - toldAt >= NOTIFY_EVERY_MS;
  return {
    admitted: false,
    notify,
    questions: { since, count, turn: known?.turn ?? '', toldAt: notify ? now : toldAt },
  };
}
