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
  /** How long a send of unknown outcome waits for its status before it is repeated. */
  readonly reconcileMs: number;
  /** How long the next part waits for the platform to confirm the previous one. */
  readonly confirmMs: number;
  /** A part is given up after this many sends that were reported as failed. */
  readonly maxAttempts: number;
}

interface SendWork {
  readonly lease: Lease;
  readonly turn: Pick<Turn, 'newestAt' | 'gaveUpReason'>;
  readonly conversation: Conversation;
  readonly business: Business;
  /**
   * Resolves to the business with its present token. Throws `Refused` when the number has another owner by now: an answer
   * may have taken minutes.
   */
  readonly sender: () => Promise<Business>;
  readonly channel: Channel;
  readonly store: TurnStore;
  readonly clock: Clock;
  readonly rules: SendRules;
  /** False: no new send starts. */
  readonly canSend: boolean;
  /** Ends the work between two parts. */
  readonly signal: AbortSignal;
}

/** Message of the error that ends a turn which is out of attempts. */
export const OUT_OF_ATTEMPTS = 'every attempt ended without reporting an error';
const POLL_CONFIRMATION_MS = 150;
/** A process that was suspended this long between recording a send and sending may have lost its lease unnoticed. */
const STALLED_MS = 2_000;

/**
 * Sends the unsent parts in order. Resolves to how many were sent. A part that the platform accepted is marked as sent, one
 * that it certainly did not accept as unsent; one that it may have accepted waits for its status. Throws the channel's
 * error, and the channel's error for a part that the platform reported as failed: no later part is sent before a part that
 * must be sent again. Later parts that were sent before stay sent.
 */
export async function sendParts(parts: readonly Part[], work: SendWork): Promise<number> {
  let sent = 0;
  for (const [index, part] of parts.entries()) {
    await refuseFailed(part, work);
    if (part.state === 'sent') continue;
    work.signal.throwIfAborted();
    const earlier = part.state === 'sending' ? await resolveOutcome(part, work) : 'none';
    if (earlier === 'sent') continue;
    if (!work.canSend) throw new Unavailable(OUT_OF_ATTEMPTS);
    await confirmed(parts.slice(0, index), work);
    await sendOne(part, earlier === 'unknown', work);
    sent += 1;
  }
  return sent;
}

/**
 * Marks a failed part as unsent and throws the error for its failure. Does nothing in a turn that was given up: the rest of
 * its reply is not sent, and an apology is not retried.
 */
async function refuseFailed(part: Part, work: SendWork): Promise<void> {
  const { store, lease, turn } = work;
  if (!hasFailed(part) || turn.gaveUpReason !== undefined) return;
  await store.markUnsent(lease, part.key);
  const current = (await store.parts(lease)).find(({ key }) => key === part.key);
  // A later status may have disproved the failure.
  if (current?.state !== 'sent') throw failureOf(part, work);
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
  // A failure that only an operator can fix is retried until it is fixed, like a refusal of the send itself.
  if (alarm === undefined && failures.length >= rules.maxAttempts) {
    return new Refused(`a part was reported as failed ${failures.length} times`, coded);
  }
  return failure;
}

/**
 * Resolves a send whose outcome is unknown. `unknown` means that the wait for a status is over and resending is the only
 * option left. Throws while a status may still arrive, and while the platform cannot be asked. Reads the part again, after
 * the time: its status may have arrived since the turn was claimed.
 *
 * A platform that can be asked is asked with each look: a part that it has is proof at once. That it does not have the part
 * proves nothing before the wait is over, since the call may still be under way.
 */
async function resolveOutcome({ key }: Part, work: SendWork): Promise<'sent' | 'unknown'> {
  const { lease, store, clock, rules } = work;
  const now = clock.now();
  const part = (await store.parts(lease)).find((candidate) => candidate.key === key);
  if (part !== undefined) await refuseFailed(part, work);
  if (part?.state === 'sent') return 'sent';
  const found = part?.state === 'sending' ? await findPart(part, work) : undefined;
  if (found !== undefined) {
    await store.markSent(lease, key, found);
    return 'sent';
  }
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

/** Resolves to the platform's id of the part, if the platform can be asked and has it. Throws `Unavailable`. */
async function findPart(
  { key, text, triedAt = 0, failures = [] }: Part,
  work: SendWork,
): Promise<string | undefined> {
  const { channel, conversation } = work;
  if (channel.find === undefined) return undefined;
  const sender = await work.sender();
  return channel.find(sender, conversation.person, { text, key, isRepeat: true, failures }, triedAt);
}

/**
 * Waits until the platform has confirmed the earlier parts. Meta does not keep the order of overlapping sends and asks to
 * wait for the previous message ("Send messages"). A phone that is off never confirms, so the wait is bounded. Throws when
 * an earlier part has failed.
 */
async function confirmed(earlier: readonly Part[], work: SendWork): Promise<void> {
  if (earlier.length === 0) return;
  const { lease, store, clock, rules, signal } = work;
  const keys = new Set(earlier.map(({ key }) => key));
  const until = clock.now() + rules.confirmMs;
  for (;;) {
    const parts = (await store.parts(lease)).filter(({ key }) => keys.has(key));
    for (const part of parts) await refuseFailed(part, work);
    if (parts.every(({ progress }) => progress !== undefined) || clock.now() >= until) return;
    await clock.sleep(POLL_CONFIRMATION_MS, signal);
  }
}

async function sendOne({ key, text, failures = [] }: Part, isRepeat: boolean, work: SendWork): Promise<void> {
  const { lease, conversation, channel, store, clock } = work;
  const business = await work.sender();
  const before = clock.now();
  await store.markSending(lease, key);
  if (clock.now() - before > STALLED_MS) {
    await store.markUnsent(lease, key);
    throw new Unavailable('stalled before a send; another worker may hold the lease', {
      code: 'stalled',
    });
  }
  let platformId: string;
  try {
    platformId = await channel.send(business, conversation.person, { text, key, isRepeat, failures });
  } catch (error) {
    if (error instanceof Unavailable || error instanceof Refused) await store.markUnsent(lease, key);
    throw error;
  }
  await store.markSent(lease, key, platformId);
}
