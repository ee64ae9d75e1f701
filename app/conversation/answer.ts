import type {
  Assistant,
  Clock,
  Conversation,
  ConversationStore,
  Facts,
  Lease,
  Part,
  Turn,
} from '../ports.ts';
import { Forgotten } from './errors.ts';
import { detectLanguage } from './language.ts';
import { wordsOf } from './message.ts';
import { phrase } from './phrases.ts';
import { type PolicyRules, planFor } from './policy.ts';
import { admit } from './quota.ts';
import { replyParts } from './reply.ts';
import { isFresh, titleOf } from './thread.ts';

export interface AnswerPorts {
  readonly store: ConversationStore;
  readonly assistant: Assistant;
  readonly clock: Clock;
}

export interface AnswerRules extends PolicyRules {
  /** How often the assistant is asked for one person in 24 hours; 0: without limit. */
  readonly questionsPerDay: number;
  readonly retentionMs: number;
}

interface AnswerWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
  readonly longestPart: number;
  /** Called once there is something to answer. */
  readonly onWriting: () => void;
  /** Called when the person has asked too often, whether that is said or not. */
  readonly onLimited: () => void;
  readonly signal: AbortSignal;
}

/** Finds the words for a turn and writes them down, before anybody sends them. */
export async function writeReply(
  work: AnswerWork,
  ports: AnswerPorts,
  rules: AnswerRules,
): Promise<readonly Part[]> {
  const { lease, conversation, turn, longestPart } = work;
  const plan = planFor(turn.messages, rules, ports.clock.now());
  if (plan.kind === 'nothing') return ports.store.writeReply(lease, [], {});

  const asking = { turn: turn.id, limit: rules.questionsPerDay, now: ports.clock.now() };
  const admission = admit(conversation.questions, asking);
  if (!admission.admitted) work.onLimited();
  if (!admission.admitted && !admission.tell) return ports.store.writeReply(lease, [], {});
  work.onWriting();

  const language = await detectLanguage(wordsOf(turn.messages), conversation.language);
  if (!admission.admitted) {
    const said = replyParts(phrase('tooMany', language), longestPart);
    return ports.store.writeReply(lease, said, { questions: admission.questions });
  }
  const notes = plan.notes.map((note) => phrase(note, language));
  if (plan.kind === 'say') {
    return ports.store.writeReply(lease, replyParts(notes.join('\n\n'), longestPart), {});
  }
  const { questions } = admission;
  const counted = questions === undefined ? {} : { questions };
  const { answer, facts } = await ask({ ...work, counted }, plan.text, language, ports, rules);
  const hasWords = replyParts(answer, longestPart).length > 0;
  const said = [hasWords ? answer : phrase('noAnswer', language), ...notes].join('\n\n');
  return ports.store.writeReply(lease, replyParts(said, longestPart), facts);
}

/** `counted` is written down before the question is put: a crash or a failure does not make it free. */
async function ask(
  { lease, conversation, signal, counted }: AnswerWork & { readonly counted: Facts },
  text: string,
  language: string,
  { assistant, clock, store }: AnswerPorts,
  rules: AnswerRules,
): Promise<{ answer: string; facts: Facts }> {
  const { account } = conversation;

  async function threadFor(known: Conversation): Promise<string> {
    if (known.registered !== true) await assistant.register(account, language, signal);
    const last = known.thread ?? (await assistant.lastThread(account, signal));
    const fresh = last !== undefined && isFresh(last, clock.now(), rules.retentionMs);
    const id = fresh ? last.id : await assistant.openThread(account, titleOf(text), signal);
    await store.remember(lease, {
      language,
      registered: true,
      thread: { id, lastAt: clock.now() },
      ...counted,
    });
    return id;
  }

  async function answerIn(known: Conversation): Promise<{ answer: string; facts: Facts }> {
    const threadId = await threadFor(known);
    const answer = await assistant.answer({ account, threadId, text }, signal);
    return { answer, facts: { thread: { id: threadId, lastAt: clock.now() } } };
  }

  try {
    return await answerIn(conversation);
  } catch (error) {
    if (!(error instanceof Forgotten)) throw error;
    // The assistant's memory is younger than ours. Once from the beginning; a second time is a failure like any other.
    const { thread: _, registered: __, ...stranger } = conversation;
    return answerIn(stranger);
  }
}
