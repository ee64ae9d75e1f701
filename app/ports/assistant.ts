import type { Thread } from '../domain/conversation.ts';

export interface Question {
  /** Who asks: the identity registered with the assistant. */
  readonly assistantUserId: string;
  readonly threadId: string;
  readonly text: string;
}

/**
 * How a thread stands. `questions`: how many it holds. `last`: what became of the newest one, when it has the words of
 * the question that was named, and else `other`. `open`: no answer yet. `failed`: the model gave up.
 */
export type ThreadEnd = { readonly questions: number } & (
  | { readonly last: 'other' | 'open' | 'failed' }
  | { readonly last: 'answered'; readonly answer: string }
);

/** A call that waits for somebody ends with the signal's reason as soon as that aborts. */
export interface Assistant {
  /** Makes the person known. The second time does nothing. `language` is an ISO 639-1 code. */
  register(assistantUserId: string, language: string, signal: AbortSignal): Promise<void>;
  /**
   * Registers without asking whether the person is known. For a person whom the assistant calls known and then does not
   * find. Not idempotent: it may make a second person of the same number.
   */
  registerAnew(assistantUserId: string, language: string, signal: AbortSignal): Promise<void>;
  /** The person's latest thread, if the assistant knows of one. `lastAt` in milliseconds since 1970. */
  lastThread(assistantUserId: string, signal: AbortSignal): Promise<Thread | undefined>;
  /** Opens a new thread and answers its id. */
  openThread(assistantUserId: string, title: string, signal: AbortSignal): Promise<string>;
  /**
   * The whole answer as Markdown, with something to see in it, bounded in size and time by the adapter.
   * Throws `Unavailable` (with the code `EMPTY_ANSWER` when the model wrote nothing), `Refused`, or `Forgotten` when the
   * thread or the person is not known to it.
   */
  answer(question: Question, signal: AbortSignal): Promise<string>;
  /**
   * Looks at the thread of a question without asking it. Resolves to `questions: 0` where threads are not kept. Throws
   * `Unavailable`, `Refused` or `Forgotten`, as `answer` does.
   */
  threadEnd(question: Question, signal: AbortSignal): Promise<ThreadEnd>;
}
