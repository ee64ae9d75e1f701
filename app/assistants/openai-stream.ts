/** The events of a streamed response (OpenAI, "Streaming events"). */
import { z } from 'zod';
import { Refused, Unavailable } from '../domain/errors.ts';
import type { TokenUsage } from '../domain/usage.ts';
import { eventData } from '../http-client/event-stream.ts';
import { parseJson } from '../json.ts';
import type { Reading } from './openai-contract.ts';
import { failedCode } from './openai-failures.ts';
import { item, read, readOutput } from './openai-items.ts';

/** An answer has some thousand characters; one that is far longer is a fault. */
export const MAX_ANSWER_BYTES = 200_000;
/** In JSON, where line breaks and quotation marks are escaped. */
const MAX_OUTPUT_CHARACTERS = 2 * MAX_ANSWER_BYTES;

const event = z.object({ type: z.string(), delta: z.string().optional().catch(undefined) });
const failure = z.object({ code: z.string().nullish() });
const count = z.int().nonnegative();
const finished = z.object({
  response: z.object({
    output: z.array(item),
    error: failure.nullish(),
    incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
    usage: z.object({ input_tokens: count, output_tokens: count }).nullish().catch(undefined),
  }),
});
const streamError = z.object({ code: z.string().nullish(), error: failure.nullish() });

export interface Generated {
  readonly reading: Reading;
  readonly usage?: TokenUsage;
}

/**
 * Resolves to the reply in the event that ends the response. Events with partial text are counted against the maximum and
 * else skipped, as are unknown ones: OpenAI adds some within a version.
 */
export async function finalReply(chunks: AsyncIterable<string>): Promise<Generated> {
  let characters = 0;
  for await (const data of eventData(chunks)) {
    if (data === '[DONE]') break;
    const value = parseJson(data);
    const { type, delta = '' } = read(event, value);
    switch (type) {
      case 'response.output_text.delta':
        characters += delta.length;
        if (characters > MAX_OUTPUT_CHARACTERS) throw tooLong();
        break;
      case 'response.completed':
      case 'response.incomplete':
        return replyIn(read(finished, value), type === 'response.completed');
      case 'response.failed':
        throw failedCode(read(finished, value).response.error?.code);
      case 'error': {
        const { code, error } = read(streamError, value);
        throw failedCode(code ?? error?.code);
      }
    }
  }
  throw new Unavailable('the answer of OpenAI was cut off', { code: 'cut' });
}

export function tooLong(): Unavailable {
  return new Unavailable(`OpenAI returned more than ${MAX_ANSWER_BYTES} bytes`, { code: 'too-long' });
}

/** A reply cut by the model's output limit is still useful; one stopped by a content filter must not be sent. */
function replyIn({ response }: z.infer<typeof finished>, isComplete: boolean): Generated {
  const { output, incomplete_details, usage } = response;
  const reason = incomplete_details?.reason;
  if ((!isComplete || incomplete_details) && reason !== 'max_output_tokens') {
    throw new Refused('OpenAI did not finish its answer', {
      code: reason === 'content_filter' ? reason : 'incomplete',
    });
  }
  const reading = readOutput(output, reason === 'max_output_tokens');
  if (!usage) return { reading };
  return { reading, usage: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens } };
}
