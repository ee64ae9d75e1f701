import type { Asked, Conversation, Facts, KnownThread } from '../domain/conversation.ts';
import { EMPTY_ANSWER, Forgotten, Refused, Unavailable } from '../domain/errors.ts';
import type { Turn } from '../domain/turn.ts';
import type { Answer, Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, TurnStore } from '../ports/store.ts';
import { isFresh } from './thread.ts';

/**
 * How long after a question was sent its answer may still be stored, although the connection is gone. ansari-backend stops
 * generating when it notices that its caller is gone: at once, unless the network or the whole machine failed.
 */
const STILL_WRITING_MS = 30_000;
const POLL_THREAD_MS = 10_000;

/** Delay after each empty answer of the model. ansari-backend itself has tried three times by then. */
const EMPTY_ANSWER_DELAYS_MS = [60_000, 180_000];

/** Maximum registrations in one turn of a person whom the assistant never finds. */
const MAX_REGISTRATIONS = 2;

export interface AskPorts {
  readonly store: TurnStore;
  readonly clock: Clock;
}

interface AskWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
  readonly text: string;
  /** Of a new thread. */
  readonly title: string;
  readonly language: string;
  /** Stored together with the question, before it is sent: a crash or a failure must not make a question free. */
  readonly learned: Facts;
  readonly retentionMs: number;
  readonly assistant: Assistant;
  readonly signal: AbortSignal;
}

type Register = Assistant['register'];
type Answered = { readonly answer: Answer; readonly facts: Facts };

/**
 * Resolves to the answer to the question of a turn: asks the assistant, or finds the answer to an earlier attempt of the
 * turn in the thread. The question is stored before it is sent, so that no crash makes the assistant answer twice.
 */
export async function ask(work: AskWork, { clock, store }: AskPorts): Promise<Answered> {
  const { lease, conversation, turn, text, title, language, learned, retentionMs, assistant, signal } = work;
  const { assistantUserId } = conversation;
  // The assistant may have lost the person or the thread: start over once, as for a new person.
  const { thread: _, registered: __, ...unregistered } = conversation;
  try {
    return await answerTo(conversation, assistant.register);
  } catch (error) {
    if (!(error instanceof Forgotten)) throw error;
  }
  try {
    return await answerTo(unregistered, assistant.register);
  } catch (error) {
    // `register` finds the person, the other calls do not, until the person is registered without that look-up.
    if (!(error instanceof Forgotten) || turn.attempt > MAX_REGISTRATIONS) throw error;
  }
  return answerTo(unregistered, assistant.registerAnew);

  async function answerTo(known: Conversation, register: Register): Promise<Answered> {
    if (known.registered !== true) await register(assistantUserId, language, signal);
    const thread = await threadFor(known);
    const asked = thread.asked?.turn === turn.id ? thread.asked : undefined;
    const question = { assistantUserId, threadId: thread.id, text };
    if (asked === undefined && thread.questions !== undefined) {
      return send({ thread, before: thread.questions, empty: 0 });
    }
    const end = await assistant.threadEnd(question, signal);
    const wasSent = asked !== undefined && !asked.failed && end.questions > asked.before;
    if (wasSent && end.last === 'answered') {
      return { answer: end.answer, facts: { thread: settled(thread.id, end.questions) } };
    }
    if (wasSent && end.last === 'open') waitFor(asked);
    const empty = (asked?.empty ?? 0) + (wasSent && end.last === 'failed' ? 1 : 0);
    refuseEmpty(empty);
    return send({ thread, before: end.questions, empty });
  }

  async function threadFor(known: Conversation): Promise<KnownThread> {
    const last = known.thread ?? (await assistant.lastThread(assistantUserId, signal));
    // It may already hold the question of this turn, so it is used whatever its age.
    if (last === known.thread && known.thread?.asked?.turn === turn.id) return known.thread;
    if (isFresh(last, clock.now(), retentionMs)) return last;
    const id = await assistant.openThread(assistantUserId, title, signal);
    return { id, lastAt: clock.now(), questions: 0 };
  }

  async function send({ thread: { id }, before, empty }: Question): Promise<Answered> {
    const asked: Asked = { turn: turn.id, before, at: clock.now(), empty, failed: false };
    const remember = (now: Asked) =>
      store.remember(lease, {
        ...learned,
        registered: true,
        thread: { id, lastAt: clock.now(), asked: now },
      });
    await remember(asked);
    try {
      const answer = await assistant.answer({ assistantUserId, threadId: id, text }, signal);
      return { answer, facts: { thread: settled(id, before + 1) } };
    } catch (error) {
      if (!(error instanceof Unavailable) || error.code !== EMPTY_ANSWER) throw error;
      refuseEmpty(empty + 1);
      await remember({ ...asked, empty: empty + 1, failed: true });
      throw error.withRetryAfter(EMPTY_ANSWER_DELAYS_MS[empty] ?? 0);
    }
  }

  /** Throws while the answer to a sent question may still come. The attempt does not count: time bounds the wait. */
  function waitFor({ at }: Asked): void {
    const leftMs = at + STILL_WRITING_MS - clock.now();
    if (leftMs <= 0) return;
    const retryAfterMs = Math.min(leftMs, POLL_THREAD_MS);
    throw new Unavailable('the assistant may still be writing the answer', {
      scope: 'pair',
      code: 'still-writing',
      retryAfterMs,
    });
  }

  /** A thread without a question under way. */
  function settled(id: string, questions: number): KnownThread {
    return { id, lastAt: clock.now(), questions };
  }
}

interface Question {
  readonly thread: KnownThread;
  readonly before: number;
  readonly empty: number;
}

/**
 * Throws `Refused` after too many empty answers: each retry costs three more calls of the model and leaves one more copy
 * of the question in the thread.
 */
function refuseEmpty(times: number): void {
  if (times <= EMPTY_ANSWER_DELAYS_MS.length) return;
  throw new Refused(`the assistant returned an empty answer ${times} times`, { code: EMPTY_ANSWER });
}
