import type { ConversationId } from '../domain/conversation.ts';

/**
 * What happens to a message, from its delivery to the last status of its reply, in the usual order. `stored`: the delivery is
 * in the store. `woken`: a wake-up is on its way. `claimed`: a worker has the lease. `asked`, `first_byte`, `answered`: the
 * assistant. `written`: the reply is in the store. `sending`, `sent`, `not_sent`: one part. `status`: the platform reported
 * on a part. `finished`, `released`, `given_up`: the end of an attempt.
 */
export const STEP_NAMES = [
  'stored',
  'woken',
  'claimed',
  'asked',
  'first_byte',
  'answered',
  'written',
  'sending',
  'sent',
  'not_sent',
  'status',
  'finished',
  'released',
  'given_up',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** One thing that happened, without any text. Which fields a step has follows from its name. */
export interface Step {
  readonly name: StepName;
  readonly conversation?: ConversationId | undefined;
  /** The platform's id of a person's message. */
  readonly message?: string | undefined;
  /** When the person sent it, by the platform's clock: milliseconds since 1970. */
  readonly sentAt?: number | undefined;
  readonly turn?: string | undefined;
  /** From 1. */
  readonly attempt?: number | undefined;
  /** Position of the part in its reply, from 0. */
  readonly part?: number | undefined;
  /** The number of parts of the reply. */
  readonly parts?: number | undefined;
  /** The platform's id of a part. */
  readonly platformId?: string | undefined;
  /** `new`, `waiting`, `done` of a stored message; the progress of a status; the kind of error of a failure. Absent: it went well. */
  readonly outcome?: string | undefined;
  /** The platform's or the assistant's code of a failure. */
  readonly code?: string | undefined;
  /** How long the step took, or how long the next one waits (`woken`, `released`). */
  readonly ms?: number | undefined;
}

/** Receives the steps, when they have happened. Never throws. */
export interface Tracer {
  step(step: Step): void;
}

export const NO_TRACER: Tracer = { step() {} };
