import type { Questions } from '../domain/conversation.ts';

/** From the first question on: midnight is at another hour for everybody. */
const WINDOW_MS = 24 * 60 * 60 * 1000;
/** The sentence that says so costs a message like any other. */
const TELL_EVERY_MS = 6 * 60 * 60 * 1000;

export type Admission =
  /** `questions` is to be remembered before the assistant is asked; absent when nothing changes. */
  | { readonly admitted: true; readonly questions?: Questions }
  /** `tell`: the person is to be told. `questions` is to be remembered with the reply. */
  | { readonly admitted: false; readonly tell: boolean; readonly questions: Questions };

interface Asking {
  readonly turn: string;
  /** Questions in 24 hours; 0: without limit. */
  readonly limit: number;
  readonly now: number;
}

/**
 * Whether a person may put the question of this turn to the assistant. A turn counts once, however often it is tried;
 * one that was counted is always admitted.
 */
export function admit(known: Questions | undefined, { turn, limit, now }: Asking): Admission {
  if (limit === 0 || known?.turn === turn) return { admitted: true };
  const isCurrent = known !== undefined && now - known.since < WINDOW_MS;
  const { since, count } = isCurrent ? known : { since: now, count: 0 };
  const toldAt = known?.toldAt ?? 0;
  if (count < limit) return { admitted: true, questions: { since, count: count + 1, turn, toldAt } };
  const tell = now - toldAt >= TELL_EVERY_MS;
  return {
    admitted: false,
    tell,
    questions: { since, count, turn: known?.turn ?? '', toldAt: tell ? now : toldAt },
  };
}
