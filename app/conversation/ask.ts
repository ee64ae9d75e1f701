import type { Asked, Conversation, Facts, KnownThread } from '../domain/conversation.ts';
import { EMPTY_ANSWER, Forgotten, Refused, Unavailable } from '../domain/errors.ts';
import type { Turn } from '../domain/turn.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, TurnStore } from '../ports/store.ts';
import { isFresh, titleFrom } from './thread.ts';

/**
 * How long after a question was put its answer may still come, although nobody listens any more. ansari-backend stops
 * writing when it sees that its caller is gone, which it sees at once unless the network or the whole machine broke.
 */
const STILL_WRITING_MS = 30_000;
const LOOK_AGAIN_MS = 10_000;

/** The pause after each time that the model wrote nothing. ansari-backend itself has tried it three times by then. */
const EMPTY_ANSWER_DELAYS_MS = [60_000, 180_000];

/** A person who is never found, however often registered, is registered anew at most this often in one turn. */
const MAX_REGISTRATIONS = 2;

export interface AskPorts {
  readonly store: TurnStore;
  readonly assistant: Assistant;
  readonly clock: Clock;
}

interface AskWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
  readonly text: string;
  readonly language: string;
  /** What is written down with the question, before it is put: a crash or a failure makes none free. */
  readonly learned: Facts;
  readonly retentionMs: number;
  readonly signal: AbortSignal;
}

type Register = Assistant['register'];
type Answered = { readonly answer: string; readonly facts: Facts };

/**
 * Puts the question of a turn to the assistant, or finds the answer that an earlier attempt of the turn asked for. What
 * is asked is written down before, so that no crash makes the assistant answer twice.
 */
export async function ask(work: AskWork, { assistant, clock, store }: AskPorts): Promise<Answered> {
  const { lease, conversation, turn, text, language, learned, retentionMs, signal } = work;
  const { account } = conversation;
  // The assistant's memory is younger than ours: once from the beginning.
  const { thread: _, registered: __, ...stranger } = conversation;
  try {
    return await answerTo(conversation, assistant.register);
  } catch (error) {
    if (!(error instanceof Forgotten)) throw error;
  }
  try {
    return await answerTo(stranger, assistant.register);
  } catch (error) {
    // Known to the assistant by another way than this one, and not found by this one until registered here.
    if (!(error instanceof Forgotten) || turn.attempt > MAX_REGISTRATIONS) throw error;
  }
  return answerTo(stranger, assistant.registerAnew);

  async function answerTo(known: Conversation, register: Register): Promise<Answered> {
    if (known.registered !== true) await register(account, language, signal);
    const thread = await threadFor(known);
    const asked = thread.asked?.turn === turn.id ? thread.asked : undefined;
    const question = { account, threadId: thread.id, text };
    if (asked === undefined && thread.questions !== undefined) {
      return put({ thread, before: thread.questions, empty: 0 });
    }
    const end = await assistant.threadEnd(question, signal);
    const wasPut = asked !== undefined && !asked.failed && end.questions > asked.before;
    if (wasPut && end.last === 'answered') {
      return { answer: end.answer, facts: { thread: seen(thread.id, end.questions) } };
    }
    if (wasPut && end.last === 'open') waitFor(asked);
    const empty = (asked?.empty ?? 0) + (wasPut && end.last === 'failed' ? 1 : 0);
    refuseEmpty(empty);
    return put({ thread, before: end.questions, empty });
  }

  async function threadFor(known: Conversation): Promise<KnownThread> {
    const last = known.thread ?? (await assistant.lastThread(account, signal));
    // The question of this turn may be in it already, however long ago.
    if (last === known.thread && known.thread?.asked?.turn === turn.id) return known.thread;
    if (isFresh(last, clock.now(), retentionMs)) return last;
    const id = await assistant.openThread(account, titleFrom(text), signal);
    return { id, lastAt: clock.now(), questions: 0 };
  }

  async function put({ thread: { id }, before, empty }: Question): Promise<Answered> {
    const asked: Asked = { turn: turn.id, before, at: clock.now(), empty, failed: false };
    const remember = (now: Asked) =>
      store.remember(lease, {
        ...learned,
        registered: true,
        thread: { id, lastAt: clock.now(), asked: now },
      });
    await remember(asked);
    try {
      const answer = await assistant.answer({ account, threadId: id, text }, signal);
      return { answer, facts: { thread: seen(id, before + 1) } };
    } catch (error) {
      if (!(error instanceof Unavailable) || error.code !== EMPTY_ANSWER) throw error;
      refuseEmpty(empty + 1);
      await remember({ ...asked, empty: empty + 1, failed: true });
      throw error.withRetryAfter(EMPTY_ANSWER_DELAYS_MS[empty] ?? 0);
    }
  }

  /** Throws while the answer to a question that was put may still come. The attempt is given back: time bounds it. */
  function waitFor({ at }: Asked): void {
    const leftMs = at + STILL_WRITING_MS - clock.now();
    if (leftMs <= 0) return;
    const retryAfterMs = Math.min(leftMs, LOOK_AGAIN_MS);
    throw new Unavailable('the assistant may still be writing', {
      scope: 'pair',
      code: 'still-writing',
      retryAfterMs,
    });
  }

  function seen(id: string, questions: number): KnownThread {
    return { id, lastAt: clock.now(), questions };
  }
}

interface Question {
  readonly thread: KnownThread;
  readonly before: number;
  readonly empty: number;
}

/** Asking once more costs three more calls of the model, and leaves one more copy of the question in the thread. */
function refuseEmpty(times: number): void {
  if (times <= EMPTY_ANSWER_DELAYS_MS.length) return;
  throw new Refused(`the assistant wrote nothing ${times} times`, { code: EMPTY_ANSWER });
}
