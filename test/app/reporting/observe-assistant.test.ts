import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { withCircuitBreaker } from '#app/assistants/circuit-breaker.ts';
import { createEchoAssistant } from '#app/assistants/echo.ts';
import { ofOneBusiness } from '#app/assistants/of-one-business.ts';
import type { TokenUsage } from '#app/domain/usage.ts';
import { NO_METRICS } from '#app/metrics/none.ts';
import type { Answer, Assistant } from '#app/ports/assistant.ts';
import { observeAssistant } from '#app/reporting/observe-assistant.ts';
import { realClock } from '../../fakes/real-clock.ts';

const signal = new AbortController().signal;
const question = { assistantUserId: '1555', threadId: 't', text: 'hello' };
const ANSWER: Answer = {
  text: 'One moment.',
  handOff: { reason: 'they asked' },
  usage: { inputTokens: 12, outputTokens: 3 },
};
const inner: Assistant = {
  ...createEchoAssistant({ newId: randomUUID }),
  answer: async () => ANSWER,
  threadEnd: async () => ({ questions: 1, last: 'answered', answer: ANSWER }),
  earlierAnswer: async ({ position }) => `answer ${position}`,
};

it('every wrapper passes on the hand-off, the tokens and earlier answers', async () => {
  const counted: TokenUsage[] = [];
  const metrics = { ...NO_METRICS, tokens: (usage: TokenUsage) => counted.push(usage) };
  const observed = observeAssistant(inner, { metrics, now: realClock.now });
  const assistant = ofOneBusiness(withCircuitBreaker(observed, realClock));
  expect(await assistant.answer(question, signal)).toEqual(ANSWER);
  expect(await assistant.threadEnd(question, signal)).toMatchObject({ answer: ANSWER });
  expect(await assistant.earlierAnswer({ ...question, position: 2 }, signal)).toBe('answer 2');
  expect(counted).toEqual([ANSWER.usage, ANSWER.usage]);
});

it('an answer without tokens counts none', async () => {
  const counted: TokenUsage[] = [];
  const metrics = { ...NO_METRICS, tokens: (usage: TokenUsage) => counted.push(usage) };
  const assistant = observeAssistant(createEchoAssistant({ newId: randomUUID }), {
    metrics,
    now: realClock.now,
  });
  await assistant.answer(question, signal);
  await assistant.threadEnd(question, signal);
  expect(counted).toEqual([]);
});
