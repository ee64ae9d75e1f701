import { z } from 'zod';
import { Unavailable } from '../domain/errors.ts';
import { createHttpClient, type Limits } from '../http-client/client.ts';
import { eventData } from '../http-client/event-stream.ts';
import { failedStatus } from '../http-client/status.ts';
import { parseJson } from '../json.ts';
import type { Clock } from '../ports/clock.ts';
import type { OpenAiSettings } from './config.ts';
import type { Said } from './memory.ts';

/** Who writes the answers. The pieces come as they are written; aborting the signal ends the work. */
export type Replies = (
  question: string,
  history: readonly Said[],
  signal: AbortSignal,
) => AsyncIterable<string>;

/** What a model is reminded of; older words are left out. */
const REMEMBERED = 20;

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
 * Any server with OpenAI's chat completions (developers.openai.com/api/reference, "Create chat completion" and its
 * streaming chunks). Throws `Unavailable` when the stream ends before the model said that it was done.
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
      ...history.slice(-REMEMBERED),
      { role: 'user', content: question },
    ];
    const json = { model: settings.model, messages, stream: true };
    const answer = await call({ method: 'POST', path: '/chat/completions', json, limits: LIMITS, signal });
    if (answer.status !== 200) {
      answer.discard();
      throw failedStatus('the model', answer, { keyCode: 'openai-key', missing: 'address' });
    }
    let done = false;
    for await (const data of eventData(answer.chunks())) {
      if (data === '[DONE]') break;
      const choice = chunk.safeParse(parseJson(data)).data?.choices[0];
      if (choice?.delta.content) yield choice.delta.content;
      done ||= choice?.finish_reason === 'stop' || choice?.finish_reason === 'length';
    }
    if (!done) throw new Unavailable('the model did not finish its answer', { code: 'cut' });
  };
}
