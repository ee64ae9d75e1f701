import type { Replies } from '#app/backend/replies.ts';

/** 60 paragraphs of 30 words: more than two parts of any platform. */
export const LONG_ANSWER = Array.from({ length: 60 }, (_, paragraph) =>
  Array.from({ length: 30 }, (_, word) => `w${paragraph}x${word}`).join(' '),
).join('\n\n');

/** An assistant that repeats the question, or does what its first word says. */
export interface Script {
  readonly replies: Replies;
  /** All questions until now, in order. */
  readonly asked: readonly string[];
  /** Ends the wait of `wait` questions. */
  release(): void;
}

export function createScript(): Script {
  const asked: string[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    asked,
    release: () => release(),
    replies: async function* scripted(question) {
      asked.push(question);
      if (question.startsWith('wait')) await released;
      yield question.startsWith('long') ? LONG_ANSWER : `answer to ${question.replaceAll('\n', ' / ')}`;
    },
  };
}
