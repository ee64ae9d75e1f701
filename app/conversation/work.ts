import type { ConversationId } from '../domain/conversation.ts';
import { LeaseLost, Unavailable } from '../domain/errors.ts';
import { textOf } from '../domain/message.ts';
import { hasFailed, type Part } from '../domain/part.ts';
import type { Turn } from '../domain/turn.ts';
import { detectLanguage } from '../language/detect.ts';
import { phrase } from '../language/phrases.ts';
import type { Claim } from '../ports/store.ts';
import { type Backoff, backoffDelayMs, Cooldowns } from '../resilience/cooldowns.ts';
import { type FailureDecision, type FailureRules, judge } from './failure.ts';
import { keepLease } from './lease.ts';
import { replyParts } from './reply.ts';
import { type TurnPorts, type TurnRules, takeTurn } from './turn.ts';

export interface WorkRules extends TurnRules, FailureRules {
  /** How long a conversation stays taken when its worker dies. */
  readonly leaseMs: number;
  readonly windowMs: number;
}

/** What one look at a conversation came to; fit for a log line and for metrics. */
export interface WorkReport {
  readonly conversation: ConversationId;
  /**
   * `silent`: the turn is over and nothing was said. `limited`: the person has asked too often. `buried`: given up; its
   * apology, if any, is `apologised` later. `repeated`: a turn that was over was reopened, and what had failed of its reply
   * was sent again.
   */
  readonly outcome:
    | 'idle'
    | 'held'
    | 'later'
    | 'answered'
    | 'silent'
    | 'limited'
    | 'again'
    | 'buried'
    | 'apologised'
    | 'repeated'
    | 'lost'
    | 'stopped'
    | 'store-down';
  readonly attempt?: number;
  readonly sent?: number;
  /** From the oldest message's own time to the end of the turn. */
  readonly waitedMs?: number;
  readonly tookMs: number;
  readonly error?: unknown;
  /** When somebody should look again; milliseconds since 1970. */
  readonly lookAgainAt?: number;
}

interface WorkPorts extends TurnPorts {
  readonly jitter: () => number;
}

type Claimed = Extract<Claim, { claimed: true }>;
type GivingUp = Extract<FailureDecision, { kind: 'give-up' }>;

/**
 * Looks again after this long when the store could not even be asked: twice as long each time in a row. The sweep, which
 * asks once for all, finds the work as soon as the store is back.
 */
const STORE_DOWN: Backoff = { firstMs: 2_000, factor: 2, maxMs: 60_000 };

/**
 * Makes the function that a wake-up calls: it takes the conversation when there is work and nobody has it, runs one
 * turn, and never throws. Calling it too often, twice at once, or for a conversation without work does no harm.
 *
 * `stop` ends the turn and gives the work back. An attempt that was stopped does not count, unless the signal's reason is
 * an `Unavailable`: then the turn is what took too long, and it failed.
 */
export function createWork(ports: WorkPorts, rules: WorkRules) {
  const { store, clock, jitter } = ports;
  const storeDown = new Cooldowns();

  return async function work(conversation: ConversationId, stop: AbortSignal): Promise<WorkReport> {
    const startedAt = clock.now();
    const report = (rest: Omit<WorkReport, 'conversation' | 'tookMs'>): WorkReport => ({
      conversation,
      tookMs: clock.now() - startedAt,
      ...rest,
    });
    try {
      const claim = await store.claim(conversation, rules.leaseMs);
      storeDown.reset('store', clock.now());
      if (claim.claimed) return report(await run(claim, stop));
      const { because } = claim;
      return because === 'idle'
        ? report({ outcome: because })
        : report({ outcome: because, lookAgainAt: claim.at });
    } catch (error) {
      // The lease, if we had one, ends by itself; the sweep finds the work.
      if (error instanceof LeaseLost) return report({ outcome: 'lost' });
      return report({ outcome: 'store-down', error, lookAgainAt: whenStoreIsBack() });
    }
  };

  /** The same time for all who met it together. */
  function whenStoreIsBack(): number {
    const now = clock.now();
    const running = storeDown.latest(['store'], now);
    if (running !== undefined) return running.until;
    const delayMs = backoffDelayMs(STORE_DOWN, storeDown.consecutive('store', now));
    storeDown.start('store', delayMs, { scope: 'app' }, now);
    return now + delayMs;
  }

  type Result = Omit<WorkReport, 'conversation' | 'tookMs'>;

  async function run(claim: Claimed, stop: AbortSignal): Promise<Result> {
    const lease = keepLease(claim.lease, { store, clock, leaseMs: rules.leaseMs });
    try {
      return await attempt(claim, { stop, work: AbortSignal.any([stop, lease.signal]) });
    } finally {
      await lease.end();
    }
  }

  async function attempt(claim: Claimed, signals: { stop: AbortSignal; work: AbortSignal }): Promise<Result> {
    const { turn } = claim;
    try {
      // Counted before the work: a turn that kills its worker every time ends here all the same.
      const mayBegin = turn.attempt <= rules.maxAttempts;
      const { parts, sent, limited } = await takeTurn(claim, mayBegin, ports, rules, signals);
      const outcome = limited ? 'limited' : outcomeOf(turn, parts, sent);
      return { outcome, sent, ...(await finish(claim)) };
    } catch (error) {
      if (!signals.stop.aborted) return fail(error, claim, signals.work);
      const { reason } = signals.stop;
      return reason instanceof Unavailable ? fail(reason, claim, signals.work) : giveBack(claim);
    }
  }

  async function finish({
    lease,
    turn,
  }: Claimed): Promise<Pick<Result, 'attempt' | 'waitedMs' | 'lookAgainAt'>> {
    const { waitingSince } = await store.finish(lease);
    const oldest = Math.min(...turn.messages.map(({ sentAt }) => sentAt));
    return {
      attempt: turn.attempt,
      ...(Number.isFinite(oldest) && { waitedMs: clock.now() - oldest }),
      ...(waitingSince !== undefined && { lookAgainAt: waitingSince + rules.windowMs }),
    };
  }

  async function giveBack({ lease, turn }: Claimed): Promise<Result> {
    await store.release(lease, { retryAt: clock.now(), countAttempt: false });
    return { outcome: 'stopped', attempt: turn.attempt };
  }

  async function fail(error: unknown, claim: Claimed, signal: AbortSignal): Promise<Result> {
    const { lease } = claim;
    const written = await store.parts(lease);
    const turn = { ...claim.turn, ...(written.length > 0 && { parts: written }) };
    const verdict = judge(signal.reason instanceof LeaseLost ? signal.reason : error, turn, rules, jitter());
    if (verdict.kind === 'lost') return { outcome: 'lost', attempt: turn.attempt };
    if (verdict.kind === 'again') {
      const retryAt = clock.now() + verdict.inMs;
      await store.release(lease, { retryAt, countAttempt: verdict.countAttempt });
      return { outcome: 'again', attempt: turn.attempt, error, lookAgainAt: retryAt };
    }
    // Not even the apology could be said. The dead letter stands; the conversation goes on.
    if (turn.gaveUpReason !== undefined) return { outcome: 'silent', error, ...(await finish(claim)) };
    return giveUp(claim, written, error, verdict);
  }

  /** What may have been sent is not sent again: there were times enough to learn whether it was. */
  async function giveUp(
    claim: Claimed,
    written: readonly Part[],
    error: unknown,
    why: GivingUp,
  ): Promise<Result> {
    const { lease, conversation, turn } = claim;
    for (const { key, state } of written) if (state === 'sending') await store.markUnsent(lease, key);
    const left = await store.parts(lease);
    // All of it came after all: there is nothing to be sorry for.
    if (left.length > 0 && left.every((part) => part.state === 'sent' && !hasFailed(part))) {
      return { outcome: 'answered', sent: 0, ...(await finish(claim)) };
    }
    const longest = ports.channels[conversation.channel]?.maxPartLength ?? 0;
    const apology = why.apologise && longest > 0 ? await apologyFor(claim, longest) : [];
    await store.giveUp(lease, why.reason, apology);
    if (apology.length === 0) return { outcome: 'buried', error, ...(await finish(claim)) };
    await store.release(lease, { retryAt: clock.now(), countAttempt: true });
    return { outcome: 'buried', attempt: turn.attempt, error, lookAgainAt: clock.now() };
  }

  /** Of somebody whose first question failed, no language is remembered yet. */
  async function apologyFor({ conversation, turn }: Claimed, longest: number): Promise<string[]> {
    const language = await detectLanguage(textOf(turn.messages), conversation.language);
    return replyParts(phrase('apology', language), longest);
  }
}

function outcomeOf(turn: Turn, parts: number, sent: number): WorkReport['outcome'] {
  if (turn.reopened) return sent > 0 ? 'repeated' : 'silent';
  if (parts === 0) return 'silent';
  return turn.gaveUpReason === undefined ? 'answered' : 'apologised';
}
