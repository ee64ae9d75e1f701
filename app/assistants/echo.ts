import type { Assistant } from '../ports/assistant.ts';

/** A message of exactly this asks for a person: the way to try a hand-off out. */
const HAND_OFF = '/human';

/** An assistant without network or memory: repeats the person's message with a little formatting. */
export function createEchoAssistant({ newId }: { readonly newId: () => string }): Assistant {
  return {
    async register() {},
    async registerAnew() {},
    async lastThread() {
      return undefined;
    },
    async openThread() {
      return newId();
    },
    async answer({ text }, signal) {
      signal.throwIfAborted();
      return {
        text: echo(text),
        ...(text.trim() === HAND_OFF && { handOff: { reason: `${HAND_OFF} was sent` } }),
      };
    },
    async threadEnd() {
      return { questions: 0, last: 'other' };
    },
    async earlierAnswer() {
      return undefined;
    },
  };
}

/** Returns the echo as Markdown: the text as a quotation, with Arabic labels for text in the Arabic script. */
export function echo(text: string): string {
  const quotation = text
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${line}`)
    .join('\n');
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu)?.length ?? 0;
  return inArabicScript(text)
    ? `**كتبتَ:**\n\n${quotation}\n\n- عدد الكلمات: **${words}**\n- _هذا صدى لكلامك، وليس جوابًا._`
    : `**You wrote:**\n\n${quotation}\n\n- words: **${words}**\n- _This is an echo, not an answer._`;
}

function inArabicScript(text: string): boolean {
  const arabic = text.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return arabic > 0 && arabic * 2 >= letters;
}
