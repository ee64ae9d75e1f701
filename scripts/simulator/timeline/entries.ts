import type { StepName } from '../../../app/ports/tracer.ts';

/** A step of a message in the app: a line of its log. Times in milliseconds since 1970. */
interface StepEntry {
  readonly type: 'step';
  readonly id: string;
  readonly at: number;
  readonly name: StepName;
  /** The id of the person's bubble. */
  readonly message?: string | undefined;
  /** The id of the business's bubble. */
  readonly bubble?: string | undefined;
  readonly turn?: string | undefined;
  readonly attempt?: number | undefined;
  /** From 0. */
  readonly part?: number | undefined;
  readonly parts?: number | undefined;
  readonly outcome?: string | undefined;
  readonly code?: string | undefined;
  readonly ms?: number | undefined;
}

/** `delivery`: to the app. `api`: from the app to Graph or Twilio. `assistant`: from the app to its assistant. */
export type HopKind = 'delivery' | 'api' | 'assistant';

/** One HTTP exchange, which has ended. `at`: its begin. */
export interface HopEntry {
  readonly type: 'hop';
  readonly id: string;
  readonly at: number;
  /** Until the last byte of the response. */
  readonly ms: number;
  readonly kind: HopKind;
  readonly method: string;
  readonly url: string;
  readonly status?: number | undefined;
  /** Why there is no response, or no complete one. */
  readonly failure?: string | undefined;
  /** From 1. */
  readonly attempt?: number | undefined;
  /** The kind of the fault that changed it. */
  readonly fault?: string | undefined;
  /** Ids of the bubbles that it is about. */
  readonly messages: readonly string[];
  readonly turn?: string | undefined;
  readonly resent?: true | undefined;
}

/** What happened to the app or to its clock; part of every chat. */
interface NoteEntry {
  readonly type: 'note';
  readonly id: string;
  readonly at: number;
  readonly text: string;
}

export type Entry = StepEntry | HopEntry | NoteEntry;
