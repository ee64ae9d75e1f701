import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assistantsFor } from '#app/compose/assistants.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { NO_METRICS } from '#app/metrics/none.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import type { AssistantSettings, Business } from '#app/ports/businesses.ts';
import { NO_TRACER } from '#app/ports/tracer.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';
import { businessWith } from '../../fakes/messages.ts';
import { type FakeOpenAi, fakeOpenAi } from '../../fakes/openai.ts';
import { realClock } from '../../fakes/real-clock.ts';

const signal = new AbortController().signal;
let working: FakeOpenAi;
let failing: FakeServer;
let status = 401;
beforeEach(async () => {
  working = await fakeOpenAi();
  failing = await fakeServer((response) => response.writeHead(status).end('{}'));
  status = 401;
});
afterEach(async () => {
  await working.close();
  await failing.close();
});

const openAi = (parts: Partial<Extract<AssistantSettings, { kind: 'openai' }>> = {}): AssistantSettings => ({
  ...{ kind: 'openai', key: 'k1', url: working.url, model: 'a-model', apiKey: () => working.apiKey },
  ...parts,
});
const ownerOf = (id: string, assistant?: AssistantSettings): Business =>
  businessWith({ id, settings: assistant === undefined ? {} : { assistant } });

/** The assistants of a deployment whose own is the echo. */
const warnings: string[] = [];
const choose = (openAiUrl = working.url) =>
  assistantsFor(
    { assistant: { kind: 'echo' }, openAiUrl, telemetry: undefined },
    {
      metrics: NO_METRICS,
      tracer: NO_TRACER,
      now: realClock.now,
      log: { warn: (event) => warnings.push(event) },
    },
  );

async function ask(assistant: Assistant, user: string): Promise<string> {
  const threadId = await assistant.openThread(user, 'zakat', signal);
  return (await assistant.answer({ assistantUserId: user, threadId, text: 'What is zakat?' }, signal)).text;
}

async function failureOf(asking: Promise<string>): Promise<Unavailable> {
  const error = await asking.then(
    (answer) => `it answered ${answer}`,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Unavailable)) throw new Error(`not unavailable: ${error}`);
  return error;
}

describe.each([401, 429])('an assistant that answers every request with %i', (answered) => {
  it('opens its own circuit breaker, and neither that of another business nor that of the deployment', async () => {
    status = answered;
    const assistantOf = choose();
    const bad = ownerOf('bad', openAi({ url: failing.url }));
    const good = ownerOf('good', openAi());
    for (const user of ['1', '2']) {
      expect(await failureOf(ask(assistantOf(bad), user))).toMatchObject({ scope: 'business' });
    }
    const calls = failing.seen.length;
    const refused = await failureOf(ask(assistantOf(bad), '3'));
    expect(refused).toMatchObject({ scope: 'business' });
    expect(refused.message).toMatch(/is not called/);
    expect(failing.seen).toHaveLength(calls);
    for (const user of ['1', '2', '3']) {
      expect(await ask(assistantOf(good), user)).toBe('You asked: What is zakat?');
      expect(await ask(assistantOf(ownerOf('plain')), user)).toContain('What is zakat?');
    }
  });
});

describe('an assistant of a business', () => {
  it('is created once for its settings, with its own model and instructions, and decrypts its key for each call', async () => {
    let decrypted = 0;
    const apiKey = () => {
      decrypted += 1;
      return working.apiKey;
    };
    const assistantOf = choose();
    const owner = ownerOf('a', openAi({ apiKey, model: 'their-model', instructions: 'Be brief.' }));
    expect(assistantOf(owner)).toBe(assistantOf(owner));
    expect(decrypted).toBe(0);
    await ask(assistantOf(owner), '1');
    expect(decrypted).toBe(2);
    expect(JSON.parse(working.seen[1]?.body ?? '')).toMatchObject({
      model: 'their-model',
      instructions: expect.stringMatching(/^Be brief\.\n\n/),
    });
  });

  it('is replaced when its settings change, which closes its circuit breaker', async () => {
    const assistantOf = choose();
    for (const user of ['1', '2', '3']) {
      await failureOf(ask(assistantOf(ownerOf('a', openAi({ url: failing.url }))), user));
    }
    expect(await ask(assistantOf(ownerOf('a', openAi({ key: 'k2' }))), '3')).toBe(
      'You asked: What is zakat?',
    );
  });

  it('is not that of another business with the same settings', () => {
    const assistantOf = choose();
    expect(assistantOf(ownerOf('a', openAi()))).not.toBe(assistantOf(ownerOf('b', openAi())));
    expect(assistantOf(ownerOf('a'))).toBe(assistantOf(ownerOf('b')));
  });

  it('asks at the address of the deployment when it has none', async () => {
    const { apiKey } = working;
    const settings: AssistantSettings = { kind: 'openai', key: 'k', model: 'm', apiKey: () => apiKey };
    expect(await ask(choose()(ownerOf('a', settings)), '1')).toBe('You asked: What is zakat?');
    expect(working.seen).toHaveLength(2);
  });

  it('keeps the alarm of a key that cannot be decrypted, and stops nobody else', async () => {
    const assistantOf = choose();
    const apiKey = () => {
      throw new Unavailable('the key cannot be decrypted', { scope: 'number', alarm: 'assistant-refused' });
    };
    const bad = ownerOf('a', openAi({ apiKey }));
    for (const user of ['1', '2', '3']) {
      expect(await failureOf(ask(assistantOf(bad), user))).toMatchObject({
        message: 'the key cannot be decrypted',
        alarm: 'assistant-refused',
      });
    }
    expect(await ask(assistantOf(ownerOf('b', openAi())), '1')).toBe('You asked: What is zakat?');
  });

  it.each<[string, AssistantSettings]>([
    ['url', { kind: 'ansari', key: 'k', url: '', apiKey: () => 'key' }],
    ['url', { kind: 'openai', key: 'k', url: 'not a url', model: 'm', apiKey: () => 'key' }],
    ['model', { kind: 'openai', key: 'k', model: ' ', apiKey: () => 'key' }],
  ])('without a usable %s waits for an operator, and no other business does', async (name, settings) => {
    const assistantOf = choose();
    expect(() => assistantOf(ownerOf('a', settings))).toThrow(
      expect.objectContaining({
        ...{ scope: 'business', alarm: 'assistant-refused', retryAfterMs: 60_000 },
        message: expect.stringContaining(name),
      }),
    );
    expect(await ask(assistantOf(ownerOf('b', openAi())), '1')).toBe('You asked: What is zakat?');
    expect(await ask(assistantOf(ownerOf('c')), '1')).toContain('What is zakat?');
  });

  it('behind a server without conversations is answered, and the log says once that it has no memory', async () => {
    const server = await fakeOpenAi({ conversations: 404 });
    warnings.length = 0;
    try {
      const assistant = choose()(ownerOf('a', openAi({ url: server.url, apiKey: () => server.apiKey })));
      expect(await ask(assistant, '1')).toBe('You asked: What is zakat?');
      expect(await ask(assistant, '2')).toBe('You asked: What is zakat?');
    } finally {
      await server.close();
    }
    expect(warnings).toEqual([
      'the assistant has no memory between turns: its server keeps no conversations',
    ]);
  });
});
