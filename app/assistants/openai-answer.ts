import { EMPTY_ANSWER, Refused, Unavailable } from '../domain/errors.ts';
import type { TokenUsage } from '../domain/usage.ts';
import type { Answer, ThreadEnd } from '../ports/assistant.ts';
import { type Reply, repairInput } from './openai-contract.ts';
import { brokenContract, unexpected } from './openai-failures.ts';
import type { Last } from './openai-items.ts';
import { type Generated, MAX_ANSWER_BYTES, tooLong } from './openai-stream.ts';

/** Asks the model, outside of any conversation, to bring a text into the form of the contract. */
export type Repair = (input: string, signal: AbortSignal) => Promise<Generated>;

/** Turns what the model says into answers: one that breaks the contract is repaired once, or refused. */
export function answering(repair: Repair) {
  /**
   * Resolves to the answer to the question. Throws `Unavailable` with the code `EMPTY_ANSWER` for an empty one, and `Refused`
   * for one that breaks the contract also after the repair.
   */
  async function answerOf(question: string, generated: Generated, signal: AbortSignal): Promise<Answer> {
    const { reading, usage } = generated;
    switch (reading.kind) {
      case 'empty':
        throw new Unavailable('OpenAI returned an empty answer', { code: EMPTY_ANSWER });
      case 'reply':
        return withUsage(checked(reading.reply), usage);
      case 'prose':
        return wrapped(question, reading.text, usage, signal);
      case 'invalid':
        return repaired(question, reading.text, usage, signal);
    }
  }

  async function repaired(question: string, text: string, usage: Usage, signal: AbortSignal) {
    const again = await repair(repairInput(question, bounded(text)), signal);
    if (again.reading.kind !== 'reply') throw brokenContract();
    return withUsage(checked(again.reading.reply), sum(usage, again.usage));
  }

  /** The words are the answer, whatever the repair returns: it only tells whether they hand the conversation off. */
  async function wrapped(question: string, text: string, usage: Usage, signal: AbortSignal) {
    const prose = checked({ text });
    const again = await repair(repairInput(question, text), signal).catch(unlessAborted);
    const handOff = again?.reading.kind === 'reply' ? again.reading.reply.handOff : undefined;
    return withUsage({ ...prose, ...(handOff && { handOff }) }, sum(usage, again?.usage));
  }

  /**
   * Resolves to the state of a thread. A reply that was stored before it was repaired is repaired now; one without JSON is
   * taken as it is, as all are from the time before the contract.
   */
  async function endOf(question: string, last: Last, signal: AbortSignal): Promise<ThreadEnd> {
    const { questions } = last;
    if (last.isOther) return { questions, last: 'other' };
    const { reading } = last;
    if (reading.kind === 'empty') return { questions, last: 'failed' };
    const answer =
      reading.kind === 'prose'
        ? checked({ text: reading.text })
        : await answerOf(question, { reading }, signal);
    return { questions, last: 'answered', answer };
  }

  return { answerOf, endOf };
}

type Usage = TokenUsage | undefined;

/** An answer without a hand-off is better than none. An abort ends the turn. */
function unlessAborted(error: unknown): undefined {
  if (error instanceof Unavailable || error instanceof Refused) return undefined;
  throw error;
}

function checked({ text, handOff }: Reply): Answer {
  if (`${text}${handOff?.reason ?? ''}`.includes('\0')) throw unexpected();
  return { text: bounded(text), ...(handOff && { handOff }) };
}

function bounded(text: string): string {
  if (Buffer.byteLength(text) > MAX_ANSWER_BYTES) throw tooLong();
  return text;
}

function withUsage(answer: Answer, usage: Usage): Answer {
  return { ...answer, ...(usage && { usage }) };
}

function sum(first: Usage, second: Usage): Usage {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
  };
}
