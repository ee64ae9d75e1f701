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
import { answerParts, replyParts } from './reply.ts';
import { isFresh, titleOf } from './thread.ts';

export interface AnswerPorts {
  readonly store: ConversationStore;
  readonly assistant: Assistant;
  readonly clock: Clock;
}

export interface AnswerRules extends PolicyRules {
  readonly retentionMs: number;
}

interface AnswerWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
  readonly longestPart: number;
  /** Called once there is something to answer. */
  readonly onWriting: () => void;
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
  work.onWriting();

  const language = await detectLanguage(wordsOf(turn.messages), conversation.language);
  const notes = plan.notes.map((note) => phrase(note, language));
  if (plan.kind === 'say') {
    return ports.store.writeReply(lease, replyParts(notes.join('\n\n'), longestPart), {});
  }
  const { answer, facts } = await ask(work, plan.text, language, ports, rules);
  const parts = await answerParts(answer, notes, { longestPart, language });
  return ports.store.writeReply(lease, parts, facts);
}

async function ask(
  { lease, conversation, signal }: AnswerWork,
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
    await store.remember(lease, { language, registered: true, thread: { id, lastAt: clock.now() } });
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
