import { normalised, START_WORDS, STOP_WORDS } from './opt-out-words.ts';

/** The longest has 40, with its spaces. The rest may be spaces, marks or emoji. */
const MAX_UNITS = 200;

/** Returns whether the whole message asks for no more messages, in any language that has phrases. Never throws. */
export function isStop(text: string): boolean {
  return text.length <= MAX_UNITS && STOP_WORDS.has(normalised(text));
}

/**
 * Returns whether the whole message asks for messages again. It means that only from a person who ended them: others may
 * begin a conversation with "start". Never throws.
 */
export function isStart(text: string): boolean {
  return text.length <= MAX_UNITS && START_WORDS.has(normalised(text));
}
