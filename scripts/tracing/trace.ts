import type { StepLine } from './step-line.ts';

/** What happened to the messages that were answered together; or to one that no turn has taken. */
export interface Trace {
  readonly turn: string | undefined;
  /** The conversation's hash. */
  readonly who: string | undefined;
  /** By time. */
  readonly steps: readonly StepLine[];
}

/** The fields that link a step to others. */
export const LINKS = ['who', 'message', 'turn', 'sent'] as const;

/** A wake-up names its conversation only, so it belongs to the turn that begins within this time after it. */
const WAKE_UP_MS = 15 * 60_000;

/** Returns the values that further steps of the same messages may have, so that a log can be searched for them. */
export function linksOf(steps: readonly StepLine[], ids: ReadonlySet<string>): ReadonlySet<string> {
  const links = new Set<string>();
  for (const { turn, message, sent, who } of tracesOf(steps, ids).flatMap((trace) => trace.steps)) {
    for (const link of [turn, message, sent, who]) if (link !== undefined) links.add(link);
  }
  return links;
}

/**
 * Returns the traces that the ids lead to, the oldest first: of a turn, of a message, of a part that was sent, or all of a
 * conversation. An id is a turn's, or a hash as in the log. The steps may come in any order, and more than once.
 */
export function tracesOf(lines: readonly StepLine[], ids: ReadonlySet<string>): readonly Trace[] {
  const steps = unique(lines).sort(byTime);
  const named = steps.filter((step) => LINKS.some((link) => ids.has(step[link] ?? '')));
  const sentIn = new Map(steps.flatMap(({ sent, turn }) => (sent && turn ? [[sent, turn]] : [])));
  const claims = steps.filter(({ step }) => step === 'claimed');
  const turnOf = ({ turn, sent = '', message }: StepLine) =>
    turn ?? sentIn.get(sent) ?? (message && claims.find((claim) => claim.message === message)?.turn);

  const turns = new Set(named.flatMap((step) => turnOf(step) ?? []));
  const taken = [...turns].map((turn): Trace => {
    const own = steps.filter((step) => turnOf(step) === turn);
    const who = own.find((step) => step.who !== undefined)?.who;
    const [first] = own;
    const claimedAt = timeOf(own.find(({ step }) => step === 'claimed') ?? first);
    const wokeIt = (step: StepLine) =>
      step.step === 'woken' && step.who === who && timeOf(step) >= timeOf(first) && timeOf(step) <= claimedAt;
    return { turn, who, steps: merged(own, steps.filter(wokeIt), claimedAt) };
  });
  const untaken = named
    .filter((step) => step.step === 'stored' && turnOf(step) === undefined)
    .map((step): Trace => ({ turn: undefined, who: step.who, steps: [step] }));
  return [...taken, ...untaken].sort((a, b) => timeOf(a.steps[0]) - timeOf(b.steps[0]));
}

function merged(own: readonly StepLine[], wakeUps: readonly StepLine[], claimedAt: number): StepLine[] {
  const near = wakeUps.filter((step) => claimedAt - timeOf(step) <= WAKE_UP_MS);
  return [...own, ...near].sort(byTime);
}

function byTime(a: StepLine, b: StepLine): number {
  return timeOf(a) - timeOf(b);
}

function timeOf(step: StepLine | undefined): number {
  return step === undefined ? 0 : Date.parse(step.time);
}

function unique(lines: readonly StepLine[]): StepLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}
