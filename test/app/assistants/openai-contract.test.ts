import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOpenAiAssistant } from '#app/assistants/openai.ts';
import { Forgotten } from '#app/domain/errors.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { type FakeOpenAi, fakeOpenAi } from '../../fakes/openai.ts';
import { contractJson, type Ending, responseEvents } from '../../fakes/openai-wire.ts';
import { wallClock } from '../../fakes/wall-clock.ts';

const signal = new AbortController().signal;
let server: FakeOpenAi;
let assistant: Assistant;
let question: { assistantUserId: string; threadId: string; text: string };
beforeEach(async () => {
  server = await fakeOpenAi();
  assistant = assistantOf(server);
  const threadId = await assistant.openThread('1555', 'a title', signal);
  question = { assistantUserId: '1555', threadId, text: 'What is zakat?' };
});
afterEach(() => server.close());

function assistantOf({ url: apiUrl, apiKey }: FakeOpenAi): Assistant {
  const options = { apiUrl, apiKey: () => apiKey, model: 'a-model', instructions: 'Be brief.' };
  return createOpenAiAssistant({ ...options, clock: wallClock, newId: randomUUID });
}

const ask = (stop = signal) => assistant.answer(question, stop);
const end = () => assistant.threadEnd(question, signal);
const first = () => assistant.earlierAnswer({ ...question, position: 1 }, signal);

/** Resolves to what the assistant makes of this output; the usage is tested apart. */
async function answerTo(output: string, ending: Ending = {}) {
  server.says(output, ending);
  const { usage: _, ...answer } = await ask();
  return answer;
}
const PLAIN_TEXT = 'Zakat is a duty.';

describe('a reply in the form of the contract', () => {
  test.each([
    [{ content: 'Yes.', handoff: false, handoff_reason: null }, { text: 'Yes.' }],
    [{ content: 'Yes.' }, { text: 'Yes.' }],
    [{ content: 'Yes.', handoff: null, handoff_reason: 'unused' }, { text: 'Yes.' }],
    [
      { content: 'One moment.', handoff: true },
      { text: 'One moment.', handOff: {} },
    ],
    [
      { content: 'Wait.', handoff: true, handoff_reason: ' \n' },
      { text: 'Wait.', handOff: {} },
    ],
    [
      { content: 'Wait.', handoff: true, handoff_reason: ' angry ' },
      { text: 'Wait.', handOff: { reason: 'angry' } },
    ],
    [{ content: 'Yes.', confidence: 1 }, { text: 'Yes.' }],
  ])('%j', async (output, answer) => {
    expect(await answerTo(JSON.stringify(output))).toEqual(answer);
    expect(server.asked()).toHaveLength(1);
    expect(await end()).toEqual({ questions: 1, last: 'answered', answer });
    expect(await first()).toBe(answer.text);
  });

  test('has a reason of limited length', async () => {
    const { handOff } = await answerTo(contractJson('Wait.', 'x'.repeat(5_000)));
    expect(handOff?.reason).toHaveLength(1_000);
  });

  test('is read from several messages, without reasoning, tool calls and commentary', async () => {
    const said = (text: string, phase?: string) => ({
      ...{ type: 'message', role: 'assistant', phase },
      content: [{ type: 'output_text', text }],
    });
    const output = [
      { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'hm' }] },
      { type: 'function_call', name: 'nobody_asked', arguments: '{}' },
      said('Let me think.', 'commentary'),
      said(contractJson('One.')),
      said(contractJson('Two.', 'it is late')),
    ];
    server.script([{ type: 'response.unknown' }, { type: 'response.completed', response: { output } }]);
    expect(await ask()).toEqual({ text: 'One.\n\nTwo.', handOff: { reason: 'it is late' } });
  });

  test('is read from an object in two pieces', async () => {
    const json = contractJson('One piece.');
    const content = [json.slice(0, 15), json.slice(15)].map((text) => ({ type: 'output_text', text }));
    server.script([{ type: 'response.completed', response: { output: [{ type: 'message', content }] } }]);
    expect(await ask()).toEqual({ text: 'One piece.' });
  });

  test('may be a refusal', async () => {
    expect(await answerTo('', { refusal: 'No, sorry.' })).toEqual({ text: 'No, sorry.' });
    expect(await end()).toMatchObject({ last: 'answered', answer: { text: 'No, sorry.' } });
    expect(await first()).toBe('No, sorry.');
    expect(server.asked()).toHaveLength(1);
  });

  test.each([contractJson(''), contractJson(' \u200b', 'a reason'), ''])(
    'without words is an empty answer: %j',
    async (output) => {
      server.says(output);
      await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'empty-answer' });
      expect(await end()).toEqual({ questions: 1, last: 'failed' });
      expect(await first()).toBeUndefined();
    },
  );

  test('of tool calls only is an empty answer', async () => {
    const output = [{ type: 'function_call', call_id: 'c', name: 'nobody_asked', arguments: '{}' }];
    server.script([{ type: 'response.completed', response: { output } }]);
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'empty-answer' });
  });

  test.each([
    ['content', contractJson('a\0b')],
    ['handoff_reason', contractJson('Wait.', 'a\0b')],
  ])('with a NUL character in %s is a fault', async (_key, output) => {
    server.says(output);
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'unexpected-answer' });
  });

  test('that is too long is a fault, also one that breaks the contract', async () => {
    for (const output of [
      contractJson('x'.repeat(200_001)),
      'x'.repeat(200_001),
      `{${'x'.repeat(200_001)}`,
    ]) {
      server.says(output);
      await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'too-long' });
    }
    expect(server.asked()).toHaveLength(3);
  });

  test('in events that are too long together is a fault, whatever the last one says', async () => {
    const delta = { type: 'response.output_text.delta', delta: 'x'.repeat(5_000) };
    server.script([...Array(81).fill(delta), ...responseEvents(contractJson('hi'))]);
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'too-long' });
  });

  test.each(['', '\n\n'])(
    'in an event of three million characters that ends with %j is a fault',
    async (ending) => {
      const huge = `data: {"type":"response.created","x":"${'x'.repeat(3_000_000)}"}${ending}`;
      const rest = responseEvents(contractJson('hi'));
      server.script([{ type: `response.in_progress\n${huge}` }, ...rest]);
      await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'too-long' });
    },
  );
});

describe('a reply that breaks the contract', () => {
  test.each([
    ['a fenced object', `\`\`\`json\n${contractJson('Yes.')}\n\`\`\``],
    ['text around the object', `Here you are: ${contractJson('Yes.')} Anything else?`],
    ['an object without content', '{"handoff": true}'],
    ['content of another type', '{"content": ["Yes."]}'],
    ['a hand-off of another type', '{"content": "Yes.", "handoff": "true"}'],
    ['two objects', `${contractJson('Yes.')}${contractJson('No.')}`],
    ['an array', `[${contractJson('Yes.')}]`],
    ['null', 'null'],
    ['an object that does not end', '{"content": "Yes.'],
  ])('is repaired with one call outside of the conversation: %s', async (_how, output) => {
    server.says(output);
    server.says(contractJson('Yes.', 'asked for it'));
    expect(await ask()).toMatchObject({ text: 'Yes.', handOff: { reason: 'asked for it' } });
    const [, repair, ...more] = server.asked();
    expect(more).toEqual([]);
    expect(repair).toMatchObject({ store: false, text: { format: expect.anything() } });
    expect(repair).not.toHaveProperty('conversation');
    expect(repair?.input).toContain('What is zakat?');
    expect(repair?.input).toContain(output);
    expect(await assistant.threadEnd({ ...question, text: 'another' }, signal)).toMatchObject({
      questions: 1,
    });
  });

  test.each([
    ['breaks it too', '{"content": 1}', {}],
    ['is plain text', PLAIN_TEXT, {}],
    ['is empty', contractJson(''), {}],
  ])('is refused when the repair %s', async (_how, output, ending) => {
    server.says('{"content": 1}');
    server.says(output, ending);
    await expect(ask()).rejects.toMatchObject({ name: 'Refused', code: 'reply-contract' });
    expect(server.asked()).toHaveLength(2);
  });

  test('costs what both calls cost', async () => {
    server.says('{}', { usage: { input: 100, output: 7 } });
    server.says(contractJson('Yes.'), { usage: { input: 30, output: 5 } });
    expect(await ask()).toEqual({ text: 'Yes.', usage: { inputTokens: 130, outputTokens: 12 } });
  });

  test('waits for a repair that is not possible now, and is not generated again', async () => {
    server.says('{}');
    server.failsThen(500);
    await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'http-500' });
    server.says(contractJson('Yes.'));
    expect(await end()).toMatchObject({ questions: 1, last: 'answered', answer: { text: 'Yes.' } });
    expect(server.asked().filter(({ conversation }) => conversation !== undefined)).toHaveLength(1);
  });

  test('in plain text is the answer, word for word, and the repair says whether it hands off', async () => {
    server.says(PLAIN_TEXT);
    server.says(contractJson('Other words.', 'they ask for a person'));
    expect(await ask()).toMatchObject({
      text: PLAIN_TEXT,
      handOff: { reason: 'they ask for a person' },
    });
  });

  test('in plain text is the answer also when the repair fails', async () => {
    server.says(PLAIN_TEXT);
    server.failsThen(500);
    expect(await ask()).toMatchObject({ text: PLAIN_TEXT });
    server.says('4');
    server.says('4');
    expect(await ask()).toMatchObject({ text: '4' });
    expect(server.asked()).toHaveLength(4);
  });

  test('in plain text is no answer when the turn is stopped during the repair', async () => {
    const stop = new AbortController();
    server.says(PLAIN_TEXT);
    server.says(contractJson('x '.repeat(100_000)));
    const asking = ask(stop.signal);
    const reason = new Error('the lease is lost');
    while (server.asked().length < 2) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });
});

describe('a reply that reached the output limit', () => {
  const cut = (output: string) => answerTo(output, { isCut: true });

  test.each([
    ['{"content":"Zakat is', { text: 'Zakat is …' }],
    ['{"content":"Zakat is a \\', { text: 'Zakat is a  …' }],
    ['{"content":"Zakat \\ud83d', { text: 'Zakat  …' }],
    ['{"content":"All.","handoff":tr', { text: 'All.' }],
    [
      '{"content":"All.","handoff":true,"handoff_reason":"They as',
      { text: 'All.', handOff: { reason: 'They as' } },
    ],
    ['{"handoff":true,"content":"Half', { text: 'Half …', handOff: {} }],
    [PLAIN_TEXT, { text: `${PLAIN_TEXT} …` }],
  ])('is sent so far: %s', async (output, answer) => {
    expect(await cut(output)).toEqual(answer);
    expect(server.asked()).toHaveLength(1);
    expect(await end()).toEqual({ questions: 1, last: 'answered', answer });
    expect(await first()).toBe(answer.text);
  });

  test.each(['{"content":"', '{"handoff":false,"con', '```json\n{"content":"Zak'])(
    'is repaired when it has no beginning: %s',
    async (output) => {
      server.says(output, { isCut: true });
      server.says(contractJson('Whole.'));
      expect(await ask()).toMatchObject({ text: 'Whole.' });
    },
  );
});

describe('a conversation', () => {
  test('from before the contract is read, without a repair', async () => {
    server.addPlain(question.threadId, question.text, PLAIN_TEXT);
    expect(await end()).toEqual({ questions: 1, last: 'answered', answer: { text: PLAIN_TEXT } });
    expect(await first()).toBe(PLAIN_TEXT);
    expect(server.asked()).toEqual([]);
  });

  test('that ends with a broken reply is repaired when it is read, and has none to quote', async () => {
    server.says('{}');
    server.says('{}');
    await expect(ask()).rejects.toMatchObject({ name: 'Refused' });
    server.says(contractJson('Yes.', 'asked'), { usage: { input: 3, output: 2 } });
    expect(await end()).toEqual({
      ...{ questions: 1, last: 'answered' },
      answer: {
        text: 'Yes.',
        handOff: { reason: 'asked' },
        usage: { inputTokens: 3, outputTokens: 2 },
      },
    });
    expect(await first()).toBeUndefined();
  });

  test('is read from its beginning only as far as needed', async () => {
    for (const text of ['one', 'two', 'three', 'four']) await assistant.answer({ ...question, text }, signal);
    const before = server.seen.length;
    expect(await first()).toBe('You asked: one');
    expect(
      server.seen.slice(before).map(({ url }) => new URL(url, server.url).searchParams.get('order')),
    ).toEqual(['asc', 'asc']);
  });
});

describe('a server that does not take text.format', () => {
  const rejections: [string, number, Record<string, unknown>][] = [
    ['names the parameter', 400, { param: 'text.format' }],
    ['names it in a sentence', 400, { message: "Invalid parameter: 'json_schema' is not supported" }],
  ];

  test.each(rejections)('and %s is asked without it, from then on', async (_how, status, error) => {
    server.fail(status, error);
    expect(await ask()).toMatchObject({ text: 'You asked: What is zakat?' });
    await ask();
    const formats = server.asked().map(({ text }) => text !== undefined);
    expect(formats).toEqual([true, false, false]);
    expect(server.asked()[1]?.instructions).toContain('Reply with one JSON object');
  });

  test('is still sent it when the fault was another', async () => {
    server.fail(400, { param: 'text.format' });
    server.fail(400, { param: 'input' });
    await expect(ask()).rejects.toMatchObject({ name: 'Refused', code: 'http-400' });
    await ask();
    expect(server.asked().map(({ text }) => text !== undefined)).toEqual([true, false, true]);
  });
});

describe('a server without conversations', () => {
  test.each(['lm-studio', 404, 405, 501] as const)(
    'that answers with %s is asked without one',
    async (conversations) => {
      const other = await fakeOpenAi({ conversations });
      try {
        const stateless = assistantOf(other);
        const threadId = await stateless.openThread('1555', 'a title', signal);
        expect(threadId).toMatch(/^no-conversation:/);
        const asked = { ...question, threadId };
        expect(await stateless.answer(asked, signal)).toMatchObject({ text: 'You asked: What is zakat?' });
        expect(other.asked()).toEqual([expect.objectContaining({ store: false })]);
        expect(other.asked()[0]).not.toHaveProperty('conversation');
        const known = { ...asked, threadId: 'conv_1' };
        await expect(stateless.threadEnd(known, signal)).rejects.toBeInstanceOf(Forgotten);
      } finally {
        await other.close();
      }
    },
  );

  test('nor responses is a wrong address', async () => {
    const other = await fakeOpenAi({ conversations: 404 });
    const wrong = assistantOf({ ...other, url: `${other.url}/v1` });
    try {
      const threadId = await wrong.openThread('1555', 'a title', signal);
      await expect(wrong.answer({ ...question, threadId }, signal)).rejects.toMatchObject({
        ...{ name: 'Unavailable', scope: 'app', code: 'http-404', alarm: 'assistant-refused' },
      });
    } finally {
      await other.close();
    }
  });
});
