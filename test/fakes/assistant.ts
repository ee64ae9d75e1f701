import type { Thread } from '#app/domain/conversation.ts';
import type { Answer, Assistant, Question, ThreadEnd } from '#app/ports/assistant.ts';

/** The threads of an assistant, by id. Assistants that share them are processes of the same service. */
export type StoredThreads = Map<string, StoredQuestion[]>;

interface StoredQuestion {
  readonly text: string;
  /** Absent: not answered yet. `failed`: the model failed. */
  end?: 'failed' | { readonly answer: string | Answer };
}

type Step = (question: Question, signal: AbortSignal) => string | Answer | Promise<string | Answer>;

export interface ScriptedAssistant extends Assistant {
  readonly questions: Question[];
  readonly registered: { readonly assistantUserId: string; readonly language: string }[];
  readonly registeredAnew: string[];
  readonly opened: { readonly assistantUserId: string; readonly title: string }[];
  /**
   * The next answers, one step each. The question is stored in its thread at the start; when the step throws, it is removed
   * unless the step stores it.
   */
  readonly next: Step[];
  /** The answers after those. */
  defaultStep: Step;
  last: Thread | undefined;
  /** The number of reads of a thread. */
  threadReads: number;
  store(question: Question, end?: StoredQuestion['end']): void;
}

function asAnswer(answer: string | Answer): Answer {
  return typeof answer === 'string' ? { text: answer } : answer;
}

/** An assistant that records its questions. */
export function scriptedAssistant(threads: StoredThreads = new Map()): ScriptedAssistant {
  function stored(threadId: string): StoredQuestion[] {
    const entries = threads.get(threadId) ?? [];
    threads.set(threadId, entries);
    return entries;
  }

  const assistant: ScriptedAssistant = {
    questions: [],
    registered: [],
    registeredAnew: [],
    opened: [],
    next: [],
    defaultStep: () => 'An answer.',
    last: undefined,
    threadReads: 0,
    store({ threadId, text }, end) {
      stored(threadId).push({ text, ...(end !== undefined && { end }) });
    },
    async register(assistantUserId, language) {
      assistant.registered.push({ assistantUserId, language });
    },
    async registerAnew(assistantUserId) {
      assistant.registeredAnew.push(assistantUserId);
    },
    async lastThread() {
      return assistant.last;
    },
    async openThread(assistantUserId, title) {
      assistant.opened.push({ assistantUserId, title });
      const id = `thread-${threads.size + 1}`;
      threads.set(id, []);
      return id;
    },
    async answer(question, signal) {
      assistant.questions.push(question);
      const entries = stored(question.threadId);
      const entry: StoredQuestion = { text: question.text };
      entries.push(entry);
      try {
        const step = assistant.next.shift() ?? assistant.defaultStep;
        const answer = asAnswer(await step(question, signal));
        entry.end = { answer };
        return answer;
      } catch (error) {
        entries.splice(entries.indexOf(entry), 1);
        throw error;
      }
    },
    async threadEnd({ threadId, text }): Promise<ThreadEnd> {
      assistant.threadReads += 1;
      const last = stored(threadId).at(-1);
      const questions = stored(threadId).length;
      if (last === undefined || last.text !== text) return { questions, last: 'other' };
      if (last.end === undefined) return { questions, last: 'open' };
      if (last.end === 'failed') return { questions, last: 'failed' };
      return { questions, last: 'answered', answer: asAnswer(last.end.answer) };
    },
    async earlierAnswer({ threadId, position }) {
      const end = stored(threadId)[position - 1]?.end;
      return typeof end === 'object' ? asAnswer(end.answer).text : undefined;
    },
  };
  return assistant;
}
