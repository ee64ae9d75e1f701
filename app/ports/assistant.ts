import type { Thread } from '../domain/conversation.ts';
import type { TokenUsage } from '../domain/usage.ts';

export interface Question {
  /** The id under which the person is registered with the assistant. */
  readonly assistantUserId: string;
  readonly threadId: string;
  readonly text: string;
}

export interface Answer {
  /** Markdown with visible text, bounded in size. */
  readonly text: string;
  /** The assistant asks for a person to take over. `reason`: its own sentence for the operator. */
  readonly handOff?: { readonly reason?: string };
  /** What the answer cost, where the assistant reports it. Absent for an answer that is read from a thread. */
  readonly usage?: TokenUsage;
}

/**
 * The state of a thread. `questions`: how many it holds. `last`: the state of the newest one if it has the text of the given
 * question, else `other`. `open`: no answer yet. `failed`: the model gave up.
 */
export type ThreadEnd = { readonly questions: number } & (
  | { readonly last: 'other' | 'open' | 'failed' }
  | { readonly last: 'answered'; readonly answer: Answer }
);

/** Calls that take a signal reject with its reason as soon as it aborts. */
export interface Assistant {
  /** Registers the person. Idempotent. `language` is an ISO 639-1 code. */
  register(assistantUserId: string, language: string, signal: AbortSignal): Promise<void>;
  /**
   * Registers without checking whether the person exists, for a person whom the assistant reports as existing and then does
   * not find. Not idempotent: it may create a second user with the same number.
   */
  registerAnew(assistantUserId: string, language: string, signal: AbortSignal): Promise<void>;
  /** Resolves to the person's latest thread; undefined when there is none. */
  lastThread(assistantUserId: string, signal: AbortSignal): Promise<Thread | undefined>;
  /** Opens a new thread. Resolves to its id. */
  openThread(assistantUserId: string, title: string, signal: AbortSignal): Promise<string>;
  /**
   * Resolves to the whole answer, bounded in size and time by the adapter. Throws `Unavailable`
   * (with the code `EMPTY_ANSWER` for an empty answer), `Refused`, or `Forgotten` when the thread or the person does not
   * exist. `onFirstByte` is called once, when the assistant begins to answer; not where the answer comes in one piece.
   */
  answer(question: Question, signal: AbortSignal, onFirstByte?: () => void): Promise<Answer>;
  /**
   * Resolves to the state of the question's thread, without asking the question; to `questions: 0` where threads are not
   * kept. Throws `Unavailable`, `Refused` or `Forgotten`, as `answer` does.
   */
  threadEnd(question: Question, signal: AbortSignal): Promise<ThreadEnd>;
  /**
   * Resolves to the text of the answer to the question of the thread at `position` (from 1, in the order in which they were
   * asked); to undefined where there is none, or where threads are not kept. Throws as `threadEnd` does.
   */
  earlierAnswer(
    thread: Pick<Question, 'assistantUserId' | 'threadId'> & { readonly position: number },
    signal: AbortSignal,
  ): Promise<string | undefined>;
}
