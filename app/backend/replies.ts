import { z } from 'zod';
import { Unavailable } from '../domain/errors.ts';
import { createHttpClient, type Limits } from '../http-client/client.ts';
import { eventData } from '../http-client/event-stream.ts';
import { failedStatus } from '../http-client/status.ts';
import { parseJson } from '../json.ts';
import type { Clock } from '../ports/clock.ts';
import type { OpenAiSettings } from './config.ts';
import type { Said } from './memory.ts';

/** A model. Yields the answer in chunks; aborting the signal ends it. */
export type Replies = (
  question: string,
  history: readonly Said[],
  signal: AbortSignal,
) => AsyncIterable<string>;

/** Messages of the thread that a model gets; older ones are left out. */
const MAX_HISTORY = 20;

const LIMITS: Limits = {
  connectMs: 5_000,
  firstByteMs: 60_000,
  idleMs: 60_000,
  totalMs: 300_000,
  maxBytes: 20 * 1024 * 1024,
};

const chunk = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }),
  ),
});

/**
 * A model behind OpenAI's chat completions API (developers.openai.com/api/reference, "Create chat completion" and its
 * streaming chunks). Throws `Unavailable` when the stream ends without a finish reason.
 */
export function chatCompletionReplies(settings: OpenAiSettings, clock: Pick<Clock, 'now'>): Replies {
  const call = createHttpClient({
    name: 'the model',
    url: settings.apiUrl,
    headers: { authorization: `Bearer ${settings.apiKey}` },
    clock,
  });
  return async function* completed(question, history, signal) {
    const messages = [
      { role: 'system', content: settings.instructions },
      ...history.slice(-MAX_HISTORY),
      { role: 'user', content: question },
    ];
    const json = { model: settings.model, messages, stream: true };
    const response = await call({ method: 'POST', path: '/chat/completions', json, limits: LIMITS, signal });
    if (response.status !== 200) {
      response.discard();
      throw failedStatus('the model', response, { keyCode: 'openai-key', missing: 'address' });
    }
    let done = false;
    for await (const data of eventData(response.chunks())) {
      if (data === '[DONE]') break;
      const choice = chunk.safeParse(parseJson(data)).data?.choices[0];
      if (choice?.delta.content) yield choice.delta.content;
      done ||= choice?.finish_reason === 'stop' || choice?.finish_reason === 'length';
    }
    if (!done) throw new Unavailable('the model did not finish its answer', { code: 'cut' });
  };
}
