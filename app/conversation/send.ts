import type { Business, Channel, Clock, Conversation, ConversationStore, Lease, Part } from '../ports.ts';
import { Refused, Unavailable } from './errors.ts';

export interface SendRules {
  /** How long a send whose outcome nobody knows waits for its status before it is repeated. */
  readonly reconcileMs: number;
  /** How long the next part waits for the platform to confirm the one before. */
  readonly confirmMs: number;
}

interface SendWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly business: Business;
  readonly channel: Channel;
  readonly store: ConversationStore;
  readonly clock: Clock;
  readonly rules: SendRules;
  /** False: no send begins any more. */
  readonly mayBegin: boolean;
  /** Ends the work between two parts. */
  readonly stop: AbortSignal;
}

/** Why a turn ends whose attempts all did. */
export const NO_WORD = 'every attempt ended without a word';
/** How often a part is looked at while the next one waits for it. */
const CONFIRM_EVERY_MS = 150;
/** A process that slept this long between writing its intent and sending may have lost its lease unnoticed. */
const STALLED_MS = 2_000;

/**
 * Sends what is not sent yet, in order, and answers how many parts that were. What the platform took is marked; what it
 * certainly did not take is unmarked; what it may have taken waits for its status. Throws what the channel threw.
 */
export async function sendParts(parts: readonly Part[], work: SendWork): Promise<number> {
  let sent = 0;
  for (const [index, part] of parts.entries()) {
    if (part.state === 'sent') continue;
    work.stop.throwIfAborted();
    const before = part.state === 'sending' ? await endOf(part, work) : 'untaken';
    if (before === 'taken') continue;
    if (!work.mayBegin) throw new Unavailable(NO_WORD);
    const previous = parts[index - 1];
    if (previous !== undefined) await confirmed(previous, work);
    await sendOne(part, before === 'unknown', work);
    sent += 1;
  }
  return sent;
}

/**
 * How a send ended that nobody saw end. `unknown`: it has been waited for; only sending it again is left. Throws while
 * there is still something to wait for. The time is read before the part, and the part anew: its status may have come
 * since the turn was claimed.
 */
async function endOf(
  { key }: Part,
  { lease, store, channel, clock, rules }: SendWork,
): Promise<'taken' | 'untaken' | 'unknown'> {
  const now = clock.now();
  const part = (await store.parts(lease)).find((candidate) => candidate.key === key);
  if (part?.state === 'sent') return 'taken';
  if (part?.progress === 'failed') {
    await store.markUnsent(lease, key);
    const failure = channel.failure(part.code);
    if (failure instanceof Refused) throw failure;
    return 'untaken';
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

/**
 * Meta does not keep the order of sends that overlap; it asks to see the one before arrive first ("Send messages").
 * A phone that is off never confirms, so the wait is short.
 */
async function confirmed({ key }: Part, { lease, store, clock, rules, stop }: SendWork): Promise<void> {
  const until = clock.now() + rules.confirmMs;
  for (;;) {
    const part = (await store.parts(lease)).find((candidate) => candidate.key === key);
    if (part?.progress !== undefined || clock.now() >= until) return;
    await clock.sleep(CONFIRM_EVERY_MS, stop);
  }
}

async function sendOne({ key, text }: Part, again: boolean, work: SendWork): Promise<void> {
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
    platformId = await channel.send(business, conversation.person, { text, key, again });
  } catch (error) {
    if (error instanceof Unavailable || error instanceof Refused) await store.markUnsent(lease, key);
    throw error;
  }
  await store.markSent(lease, key, platformId);
}
