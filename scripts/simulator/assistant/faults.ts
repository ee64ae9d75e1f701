import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../faults.ts';

const ENDINGS = ['assistant_refuse', 'assistant_cut', 'assistant_empty'] as const;
/** How long a question waits for the line of the log that says whose turn it is. */
const OWNER_KNOWN_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 5;

/** The faults of one question. */
export interface AssistantFaults {
  readonly slowMs: number;
  readonly ending: Extract<Fault, { kind: (typeof ENDINGS)[number] }> | undefined;
  /** Their kinds; undefined when there are none. */
  readonly named: string | undefined;
}

export const NO_FAULTS: AssistantFaults = { slowMs: 0, ending: undefined, named: undefined };

/**
 * Resolves to the faults that apply. `owner` returns the person who asks, once that is known: where a fault is for one
 * person, it is waited for.
 */
export async function drawAssistantFaults(
  faults: Faults,
  owner: () => string | undefined,
): Promise<AssistantFaults> {
  const ofPeople = faults.list().some(({ kind, person }) => kind.startsWith('assistant_') && person);
  const deadline = performance.now() + OWNER_KNOWN_WITHIN_MS;
  while (ofPeople && owner() === undefined && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
  const person = owner();
  const target = { people: person === undefined ? [] : [person] };
  const slow = faults.draw(['assistant_slow'], target);
  const ending = faults.draw(ENDINGS, target);
  const kinds = [slow, ending].flatMap((fault) => (fault === undefined ? [] : [fault.kind]));
  return { slowMs: slow?.ms ?? 0, ending, named: kinds.length === 0 ? undefined : kinds.join(', ') };
}
