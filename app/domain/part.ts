import type { Status } from './message.ts';
import { type Pricing, pricingOf } from './pricing.ts';
import type { Progress } from './progress.ts';
import { furthest, hasArrived } from './progress.ts';

/**
 * One part of a reply.
 * `unsent`: the platform does not have it. `sending`: a send began and its outcome is not recorded.
 * `sent`: the platform has it.
 */
export interface Part {
  readonly key: string;
  readonly text: string;
  readonly state: 'unsent' | 'sending' | 'sent';
  /** When the last send began; milliseconds since 1970. */
  readonly triedAt?: number;
  /** From status deliveries. */
  readonly progress?: Progress;
  /** The platform's code, with `progress: 'failed'`. */
  readonly code?: string;
  /** The codes of all its sends that the platform reported as failed, in order; absent when there are none. */
  readonly failures?: readonly string[];
}

/** A part that is not stored yet. */
export interface NewPart {
  readonly key: string;
  /** From 0. Positions are never reused within a turn, not even by an apology. */
  readonly position: number;
  readonly text: string;
}

/** One send of a part that the platform accepted and then reported as failed. */
export interface FailedSend {
  /** The platform's id of that send, as stored (a digest). */
  readonly id: string;
  readonly code: string;
}

/** The state of a part's sends: everything that a status can change. */
export interface Sends {
  readonly state: Part['state'];
  readonly progress?: Progress | undefined;
  readonly code?: string | undefined;
  /** The platform's id of the current send, as stored (a digest). */
  readonly platformId?: string | undefined;
  readonly failures: readonly FailedSend[];
  /** True once its price is counted. Never taken back: a part counts once, however often it is sent. */
  readonly priced?: boolean | undefined;
}

/** The state of a turn that affects its parts. */
export interface TurnOfPart {
  readonly gaveUp: boolean;
  readonly reopened: boolean;
}

/** The effect of a status. */
export interface StatusEffect {
  readonly sends: Sends;
  /** A send of unknown outcome is resolved now: the open turn need not wait any longer. */
  readonly settlesSend: boolean;
  /** The turn must handle the failure; a finished one is reopened for it. */
  readonly needsTurn: boolean;
  /** To be counted: the status is the first to report the price of the delivered part. */
  readonly price: Pricing | undefined;
}

/** Code for a failed status without one; no platform uses it. */
const NO_CODE = 'none';

/** Returns whether the current send was reported as failed and the turn has not handled that yet. */
export function hasFailed({ state, progress }: Pick<Sends, 'state' | 'progress'>): boolean {
  return state !== 'unsent' && progress === 'failed';
}

/**
 * Returns what a status of the send with this id changes. The parts of a turn that was given up are not sent again, so
 * their failures need no turn.
 */
export function applyStatus(
  before: Sends,
  status: Pick<Status, 'progress' | 'code' | 'pricing'>,
  id: string,
  { gaveUp }: Pick<TurnOfPart, 'gaveUp'>,
): StatusEffect {
  const moved = afterStatus(before, status, id);
  const price = before.priced ? undefined : pricingOf(status);
  const sends = price === undefined ? moved : { ...moved, priced: true };
  return { sends, settlesSend: settles(before, sends), needsTurn: hasFailed(sends) && !gaveUp, price };
}

/** Returns whether a finished turn must be reopened because one of its parts failed. */
export function needsReopening(
  parts: readonly Pick<Sends, 'state' | 'progress'>[],
  { gaveUp }: Pick<TurnOfPart, 'gaveUp'>,
): boolean {
  return !gaveUp && parts.some(hasFailed);
}

/**
 * Returns whether the text of a part may still be sent (again) after its turn has ended. A failed part of a turn that was
 * given up is not; one of a reopened turn stays with the dead letter, which may be redriven.
 */
export function needsText({ progress }: Pick<Sends, 'progress'>, { gaveUp, reopened }: TurnOfPart): boolean {
  return !hasArrived(progress) && !(progress === 'failed' && gaveUp && !reopened);
}

/** Returns the key of a part: the id of its turn and its position. */
export function partKey(turnId: string, position: number): string {
  return `${turnId}.${position}`;
}

/** Returns the id of the turn in a part's key. */
export function turnOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

/** Returns the position in a part's key. */
export function positionOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('.') + 1));
}

export function newParts(turnId: string, from: number, texts: readonly string[]): readonly NewPart[] {
  return texts.map((text, index) => ({
    key: partKey(turnId, from + index),
    position: from + index,
    text,
  }));
}

/**
 * Returns how giving a turn up changes its reply: the apology replaces the unsent parts. A reopened turn was answered before,
 * so it keeps its reply and gets no apology.
 */
export function replaceUnsent<Own extends Pick<Part, 'state'>>(
  parts: readonly Own[],
  turn: { readonly id: string; readonly reopened: boolean; readonly nextPosition: number },
  apology: readonly string[],
): { readonly kept: readonly Own[]; readonly dropped: readonly Own[]; readonly added: readonly NewPart[] } {
  if (turn.reopened) return { kept: parts, dropped: [], added: [] };
  return {
    kept: parts.filter(({ state }) => state !== 'unsent'),
    dropped: parts.filter(({ state }) => state === 'unsent'),
    added: newParts(turn.id, turn.nextPosition, apology),
  };
}

/** Returns the part in the form of the port. */
export function shownPart(
  { key, text, triedAt }: { key: string; text: string; triedAt: number | undefined },
  { state, progress, code, failures }: Sends,
): Part {
  return {
    ...{ key, text, state },
    ...(triedAt !== undefined && { triedAt }),
    ...(progress !== undefined && { progress }),
    ...(code !== undefined && { code }),
    ...(failures.length > 0 && { failures: failures.map((failure) => failure.code) }),
  };
}

/** Returns whether the change resolves a send of unknown outcome. */
function settles(before: Sends, after: Sends): boolean {
  return before.state === 'sending' && (after.state === 'sent' || after.progress === 'failed');
}

/**
 * Returns the part after a status of the send with this id: the same object when the status adds nothing.
 *
 * Each send has an id of its own, and statuses of an earlier send may arrive at any time: a failure is stored with its id,
 * so that it is counted once and never taken for the failure of a later send. A delivered part counts as delivered,
 * whichever send delivered it.
 */
export function afterStatus(part: Sends, status: Pick<Status, 'progress' | 'code'>, id: string): Sends {
  const { progress } = status;
  if (hasArrived(progress)) {
    const further = furthest(part.progress, progress);
    if (part.state === 'sent' && further === part.progress) return part;
    return { ...part, state: 'sent', platformId: id, progress: further, code: undefined };
  }
  if (part.failures.some((failure) => failure.id === id) || hasArrived(part.progress)) return part;
  if (progress === 'failed') return failed(part, status.code ?? NO_CODE, id);
  if (progress === 'sent') {
    if (part.state === 'sent' && part.progress === 'sent') return part;
    return { ...part, state: 'sent', platformId: id, progress, code: undefined };
  }
  const further = furthest(part.progress, progress);
  return further === part.progress ? part : { ...part, progress: further };
}

function failed(part: Sends, code: string, id: string): Sends {
  const failures = [...part.failures, { id, code }];
  const counts = part.state === 'sent' ? (part.platformId ?? id) === id : part.state === 'sending';
  return counts ? { ...part, failures, progress: 'failed', code } : { ...part, failures };
}

/** Returns the part after the platform accepted it under this id. Reports of an earlier send no longer count. */
export function taken(part: Sends, id: string): Sends {
  const ofAnother = part.progress === 'failed' && !part.failures.some((failure) => failure.id === id);
  return {
    ...part,
    state: 'sent',
    platformId: id,
    ...(ofAnother && { progress: undefined, code: undefined }),
  };
}

/** Returns the part after its send did not happen or failed. A part that has arrived meanwhile does not change. */
export function takenBack(part: Sends): Sends {
  if (part.state !== 'sending' && !hasFailed(part)) return part;
  return { failures: part.failures, state: 'unsent', ...(part.priced && { priced: true }) };
}
