import type { Assistant, Question, Thread } from '../../app/ports.ts';

export interface ScriptedAssistant extends Assistant {
  readonly questions: Question[];
  readonly registered: { readonly account: string; readonly language: string }[];
  readonly opened: { readonly account: string; readonly title: string }[];
  /** The next answers go like this, one each; afterwards it answers "An answer." */
  readonly next: ((question: Question, signal: AbortSignal) => string | Promise<string>)[];
  last: Thread | undefined;
}

/** An assistant that remembers what it was asked. */
export function scriptedAssistant(): ScriptedAssistant {
  const assistant: ScriptedAssistant = {
    questions: [],
    registered: [],
    opened: [],
    next: [],
    last: undefined,
    async register(account, language) {
      assistant.registered.push({ account, language });
    },
    async lastThread() {
      return assistant.last;
    },
    async openThread(account, title) {
      assistant.opened.push({ account, title });
      return `thread-${assistant.opened.length}`;
    },
    async answer(question, signal) {
      assistant.questions.push(question);
      const step = assistant.next.shift();
      return step === undefined ? 'An answer.' : step(question, signal);
    },
  };
  return assistant;
}
