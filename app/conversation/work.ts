import type { ConversationId } from '../domain/conversation.ts';
import { AT_LIMIT, LeaseLost, Unavailable } from '../domain/errors.ts';
import { hasFailed, type Part } from '../domain/part.ts';
import type { Turn } from '../domain/turn.ts';
import type { Claim } from '../ports/store.ts';
import { type Backoff, backoffDelayMs, Cooldowns } from '../resilience/cooldowns.ts';
import { apologyFor } from './apology.ts';
import { decide, type FailureDecision, type FailureRules } from './failure.ts';
import { foldedTurn, type HandOffBy, type TurnHandOffs, turnHandOffs } from './hand-off.ts';
import { keepLease } from './lease.ts';
import { type TurnPorts, type TurnRules, takeTurn } from './turn.ts';

export interface WorkRules extends TurnRules, FailureRules {
  /** How long a conversation stays leased after its worker died. */
  readonly leaseMs: number;
  readonly windowMs: number;
}

/** The result of one wake-up, for a log line and for metrics. */
export interface WorkReport {
  readonly conversation: ConversationId;
  /**
   * `silent`: the turn is finished without a message. `limited`: the person is over the limit of questions. `postponed`: the
   * business is at a limit of its own. `buried`: given up; the apology, if any, is reported as `apologised` later.
   * `repeated`: a finished turn was reopened, and the failed parts of its reply were sent again.
   */
  readonly outcome:
    | 'idle'
    | 'held'
    | 'later'
    | 'answered'
    | 'silent'
    | 'limited'
    | 'postponed'
    | 'again'
    | 'buried'
    | 'apologised'
    | 'repeated'
    | 'lost'
    | 'stopped'
    | 'store-down';
  readonly attempt?: number;
  readonly sent?: number;
  /** Who the conversation was handed to in this turn. */
  readonly handOff?: HandOffBy;
  /** From the time of the oldest message, by the platform's clock, to the end of the turn. */
  readonly waitedMs?: number;
  readonly tookMs: number;
  readonly error?: unknown;
  /** When the conversation needs another wake-up; milliseconds since 1970. */
  readonly lookAgainAt?: number;
}

interface WorkPorts extends TurnPorts {
  readonly jitter: () => number;
}

/** Delay after a hand-off that could not be delivered; an operator has to look why. */
const UNDELIVERED_MS = 60_000;

type Claimed = Extract<Claim, { claimed: true }>;
type GiveUp = Extract<FailureDecision, { kind: 'give-up' }>;

/**
 * Delay of the next wake-up while the store is down; doubles with each failure in a row. The sweep, one query for all
 * conversations, finds the work as soon as the store is back.
 */
const STORE_DOWN: Backoff = { firstMs: 2_000, factor: 2, maxMs: 60_000 };

/**
 * Returns the function that a wake-up calls. It claims the conversation if there is work and no live lease, runs one turn,
 * and never rejects. Surplus, concurrent and needless calls are harmless.
 *
 * `leaving` stops the turn and releases the lease. A stopped attempt does not count, unless the signal's reason is an
 * `Unavailable`: then the turn itself took too long, and it failed.
 */
export function createWork(ports: WorkPorts, rules: WorkRules) {
  const { store, clock, jitter } = ports;
  const storeDown = new Cooldowns();

  return async function work(conversation: ConversationId, leaving: AbortSignal): Promise<WorkReport> {
    const startedAt = clock.now();
    const report = (rest: Omit<WorkReport, 'conversation' | 'tookMs'>): WorkReport => ({
      conversation,
      tookMs: clock.now() - startedAt,
      ...rest,
    });
    try {
      const claim = await store.claim(conversation, rules.leaseMs);
      storeDown.reset('store', clock.now());
      if (claim.claimed) return report(await run(claim, leaving));
      const { because } = claim;
      return because === 'idle'
        ? report({ outcome: because })
        : report({ outcome: because, lookAgainAt: claim.at });
    } catch (error) {
      // A lease, if one was taken, expires; the sweep finds the work.
      if (error instanceof LeaseLost) return report({ outcome: 'lost' });
      return report({ outcome: 'store-down', error, lookAgainAt: nextStoreCheck() });
    }
  };

  /** The same time for every call that fails during one cooldown. */
  function nextStoreCheck(): number {
    const now = clock.now();
    const running = storeDown.latest(['store'], now);
    if (running !== undefined) return running.until;
    const delayMs = backoffDelayMs(STORE_DOWN, storeDown.consecutive('store', now));
    storeDown.start('store', delayMs, { scope: 'app' }, now);
    return now + delayMs;
  }

  type Result = Omit<WorkReport, 'conversation' | 'tookMs'>;

  async function run(claim: Claimed, leaving: AbortSignal): Promise<Result> {
    const lease = keepLease(claim.lease, { store, clock, leaseMs: rules.leaseMs });
    try {
      return await attempt(claim, leaving, AbortSignal.any([leaving, lease.signal]));
    } finally {
      await lease.end();
    }
  }

  /** `signal` aborts when the process is leaving or the lease is lost. */
  async function attempt(claim: Claimed, leaving: AbortSignal, signal: AbortSignal): Promise<Result> {
    const { turn } = claim;
    const handOffs = turnHandOffs(claim, ports.handOffs);
    try {
      // The attempt was counted before the work, so a turn that crashes its worker every time ends here too.
      const canSend = turn.attempt <= rules.maxAttempts;
      const { parts, sent, limited } = await takeTurn(claim, { ports, rules, handOffs, signal, canSend });
      await handOffs.deliver(signal);
      const outcome = limited ? 'limited' : outcomeOf(turn, parts, sent);
      return { outcome, sent, ...handOffIn(handOffs), ...(await finish(claim)) };
    } catch (error) {
      if (!leaving.aborted) return fail(error, claim, handOffs, signal);
      const { reason } = leaving;
      return reason instanceof Unavailable ? fail(reason, claim, handOffs, signal) : giveBack(claim);
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

  async function fail(
    error: unknown,
    claim: Claimed,
    handOffs: TurnHandOffs,
    signal: AbortSignal,
  ): Promise<Result> {
    const { lease } = claim;
    const written = await store.parts(lease);
    const turn = { ...claim.turn, ...(written.length > 0 && { parts: written }) };
    const cause = signal.reason instanceof LeaseLost ? signal.reason : error;
    const decision = decide(cause, turn, rules, jitter());
    if (decision.kind === 'give-up') {
      const undelivered = await deliveryFailure(handOffs, signal);
      if (undelivered !== undefined) return retryLater(undelivered, claim);
    }
    if (decision.kind === 'lost') return { outcome: 'lost', attempt: turn.attempt };
    if (decision.kind === 'retry') {
      const retryAt = clock.now() + decision.delayMs;
      await store.release(lease, { retryAt, countAttempt: decision.countAttempt });
      const outcome = isAtLimit(error) ? 'postponed' : 'again';
      return { outcome, attempt: turn.attempt, error, lookAgainAt: retryAt };
    }
    // The apology could not be sent either. The dead letter stays; the conversation continues.
    if (turn.gaveUpReason !== undefined) return { outcome: 'silent', error, ...(await finish(claim)) };
    if (turn.parts === undefined) await storeStanding(claim);
    return { ...(await giveUp(claim, written, error, decision)), ...handOffIn(handOffs) };
  }

  /** A turn whose reply announces a hand-off is not given up before the hand-off is delivered. */
  async function retryLater(error: unknown, { lease, turn }: Claimed): Promise<Result> {
    const retryAt = clock.now() + UNDELIVERED_MS;
    await store.release(lease, { retryAt, countAttempt: false });
    return { outcome: 'again', attempt: turn.attempt, error, lookAgainAt: retryAt };
  }

  /** What the messages changed holds, although they get no reply: a person who wrote START is not opted out for ever. */
  async function storeStanding(claim: Claimed): Promise<void> {
    if (claim.turn.reopened) return;
    const { standing } = await foldedTurn(claim, store, rules, clock.now());
    await store.remember(claim.lease, { standing });
  }

  /** A send of unknown outcome is not repeated: its status had enough time to arrive. */
  async function giveUp(
    claim: Claimed,
    written: readonly Part[],
    error: unknown,
    decision: GiveUp,
  ): Promise<Result> {
    const { lease, turn } = claim;
    for (const { key, state } of written) if (state === 'sending') await store.markUnsent(lease, key);
    const current = await store.parts(lease);
    // Every part was sent after all: no apology is needed.
    if (current.length > 0 && current.every((part) => part.state === 'sent' && !hasFailed(part))) {
      return { outcome: 'answered', sent: 0, ...(await finish(claim)) };
    }
    const apology = await apologyFor(decision.apology, claim, ports);
    await store.giveUp(lease, decision.reason, apology);
    if (apology.length === 0) return { outcome: 'buried', error, ...(await finish(claim)) };
    await store.release(lease, { retryAt: clock.now(), countAttempt: true });
    return { outcome: 'buried', attempt: turn.attempt, error, lookAgainAt: clock.now() };
  }
}

async function deliveryFailure(handOffs: TurnHandOffs, signal: AbortSignal): Promise<unknown> {
  try {
    await handOffs.deliver(signal);
    return undefined;
  } catch (error) {
    return error;
  }
}

function handOffIn(handOffs: TurnHandOffs): Pick<WorkReport, 'handOff'> {
  const handOff = handOffs.begun();
  return handOff === undefined ? {} : { handOff };
}

function isAtLimit(error: unknown): boolean {
  return error instanceof Unavailable && error.code === AT_LIMIT;
}

function outcomeOf(turn: Turn, parts: number, sent: number): WorkReport['outcome'] {
  if (turn.reopened) return sent > 0 ? 'repeated' : 'silent';
  if (parts === 0) return 'silent';
  return turn.gaveUpReason === undefined ? 'answered' : 'apologised';
}
