import type { Conversation } from '../domain/conversation.ts';
import { Refused, Unavailable } from '../domain/errors.ts';
import { hasFailed, type Part } from '../domain/part.ts';
import type { Turn } from '../domain/turn.ts';
import type { Business } from '../ports/businesses.ts';
import type { Channel } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, TurnStore } from '../ports/store.ts';
import { isReachable } from './policy.ts';

export interface SendRules {
  /** How long a send whose outcome nobody knows waits for its status before it is repeated. */
  readonly reconcileMs: number;
  /** How long the next part waits for the platform to confirm the one before. */
  readonly confirmMs: number;
  /** A part is given up when so many of its sends were reported as failed. */
  readonly maxAttempts: number;
}

interface SendWork {
  readonly lease: Lease;
  readonly turn: Pick<Turn, 'newestAt' | 'gaveUpReason'>;
  readonly conversation: Conversation;
  readonly business: Business;
  readonly channel: Channel;
  readonly store: TurnStore;
  readonly clock: Clock;
  readonly rules: SendRules;
  /** False: no send begins any more. */
  readonly mayBegin: boolean;
  /** Ends the work between two parts. */
  readonly stop: AbortSignal;
}

/** Why a turn ends whose attempts all did. */
export const OUT_OF_ATTEMPTS = 'every attempt ended without a word';
/** How often a part is looked at while the next one waits for it. */
const CONFIRM_EVERY_MS = 150;
/** A process that slept this long between writing its intent and sending may have lost its lease unnoticed. */
const STALLED_MS = 2_000;

/**
 * Sends what is not sent yet, in order, and answers how many parts that were. What the platform took is marked; what it
 * certainly did not take is unmarked; what it may have taken waits for its status. Throws what the channel threw, and
 * what the channel makes of a part that the platform reported as failed: no part goes out behind one that has to be
 * sent again, and what was sent behind it before stays as it is.
 */
export async function sendParts(parts: readonly Part[], work: SendWork): Promise<number> {
  let sent = 0;
  for (const [index, part] of parts.entries()) {
    await refuseFailed(part, work);
    if (part.state === 'sent') continue;
    work.stop.throwIfAborted();
    const before = part.state === 'sending' ? await endOf(part, work) : 'untaken';
    if (before === 'taken') continue;
    if (!work.mayBegin) throw new Unavailable(OUT_OF_ATTEMPTS);
    await confirmed(parts.slice(0, index), work);
    await sendOne(part, before === 'unknown', work);
    sent += 1;
  }
  return sent;
}

/**
 * Takes a failed part back and throws what its failure means. Not in a turn that was given up: the rest of its reply is
 * not sent, and an apology is not worth a second try.
 */
async function refuseFailed(part: Part, work: SendWork): Promise<void> {
  const { store, lease, turn } = work;
  if (!hasFailed(part) || turn.gaveUpReason !== undefined) return;
  await store.markUnsent(lease, part.key);
  const now = (await store.parts(lease)).find(({ key }) => key === part.key);
  // A later status may have proved the failure wrong.
  if (now?.state !== 'sent') throw failureOf(part, work);
}

function failureOf(
  { failures = [] }: Part,
  { business, conversation, channel, clock, turn, rules }: SendWork,
): Unavailable | Refused {
  const failure = channel.failure(business, conversation.person, failures);
  if (failure instanceof Refused) return failure;
  const { code, alarm } = failure;
  const coded = code === undefined ? {} : { code };
  if (!isReachable(turn.newestAt, clock.now())) {
    return new Refused('a part was reported as failed, and it is too late to send it again', coded);
  }
  // What an operator has to mend waits for the operator, like a refusal of the send itself.
  if (alarm === undefined && failures.length >= rules.maxAttempts) {
    return new Refused(`a part was reported as failed ${failures.length} times`, coded);
  }
  return failure;
}

/**
 * How a send ended that nobody saw end. `unknown`: it has been waited for; only sending it again is left. Throws while
 * there is still something to wait for. The time is read before the part, and the part anew: its status may have come
 * since the turn was claimed.
 */
async function endOf({ key }: Part, work: SendWork): Promise<'taken' | 'unknown'> {
  const { lease, store, clock, rules } = work;
  const now = clock.now();
  const part = (await store.parts(lease)).find((candidate) => candidate.key === key);
  if (part !== undefined) await refuseFailed(part, work);
  if (part?.state === 'sent') return 'taken';
  const waitMs = (part?.triedAt ?? 0) + rules.reconcileMs - now;
  if (waitMs > 0) {
    throw new Unavailable('a send of unknown outcome waits for its status', {
      retryAfterMs: waitMs,
      scope: 'pair',
      code: 'reconciling',
    });
  }
  return 'unknown';
}

/**
 * Meta does not keep the order of sends that overlap; it asks to see the one before arrive first ("Send messages").
 * A phone that is off never confirms, so the wait is short. Throws when one of them has failed.
 */
async function confirmed(before: readonly Part[], work: SendWork): Promise<void> {
  if (before.length === 0) return;
  const { lease, store, clock, rules, stop } = work;
  const keys = new Set(before.map(({ key }) => key));
  const until = clock.now() + rules.confirmMs;
  for (;;) {
    const parts = (await store.parts(lease)).filter(({ key }) => keys.has(key));
    for (const part of parts) await refuseFailed(part, work);
    if (parts.every(({ progress }) => progress !== undefined) || clock.now() >= until) return;
    await clock.sleep(CONFIRM_EVERY_MS, stop);
  }
}

async function sendOne({ key, text, failures = [] }: Part, again: boolean, work: SendWork): Promise<void> {
  const { lease, conversation, business, channel, store, clock } = work;
  const before = clock.now();
  await store.markSending(lease, key);
  if (clock.now() - before > STALLED_MS) {
    await store.markUnsent(lease, key);
    throw new Unavailable('stalled before a send; somebody else may hold the conversation', {
      code: 'stalled',
    });
  }
  let platformId: string;
  try {
    platformId = await channel.send(business, conversation.person, { text, key, again, failures });
  } catch (error) {
    if (error instanceof Unavailable || error instanceof Refused) await store.markUnsent(lease, key);
    throw error;
  }
  await store.markSent(lease, key, platformId);
}
