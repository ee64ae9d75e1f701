import type { Page } from 'playwright-core';

/** One row of a timeline, as `GET /control/timeline` returns it. */
export type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly at: number };

/** Answers of the control routes whose real ones need a running app; each by its path under /control/. */
export type Answers = Readonly<Record<string, unknown | ((body: unknown) => unknown)>>;

/**
 * Answers these control routes in place of the simulator, from before the page is loaded. Returns the calls with a body, and
 * `emit`, which sends a server-sent event to the page.
 */
export async function fakeControl(page: Page, answers: Answers) {
  const calls: { path: string; body: unknown }[] = [];
  for (const [path, answer] of Object.entries(answers)) {
    await page.route(
      (url) => url.pathname === `/control/${path}`,
      async (route) => {
        const text = route.request().postData();
        const body: unknown = text === null ? undefined : JSON.parse(text);
        if (body !== undefined) calls.push({ path, body });
        await route.fulfill({ json: typeof answer === 'function' ? answer(body) : answer });
      },
    );
  }
  await page.addInitScript(`
    globalThis.EventSource = class extends EventSource {
      constructor(...all) { super(...all); globalThis.events = this; }
    };
  `);
  return {
    calls,
    emit: (event: string, data: unknown): Promise<void> =>
      page.evaluate(
        `globalThis.events.dispatchEvent(new MessageEvent(${JSON.stringify(event)}, { data: ${JSON.stringify(JSON.stringify(data))} }))`,
      ),
  };
}

/** Returns the entries of a message that was answered with two parts, the second only after a refusal. */
export function answered(message: string, bubbles: readonly string[], at: number, turn = 'turn-1'): Entry[] {
  const step = (id: string, after: number, more: Record<string, unknown>) => ({
    ...{ type: 'step', id: `${turn}-${id}`, at: at + after, turn },
    ...more,
  });
  const hop = (id: string, after: number, more: Record<string, unknown>) => ({
    ...{ type: 'hop', id: `${turn}-${id}`, at: at + after, method: 'POST', status: 200 },
    ...more,
  });
  return [
    hop('h1', 2, { kind: 'delivery', ms: 9, messages: [message], url: 'http://127.0.0.1:8001/whatsapp' }),
    step('1', 8, { name: 'stored', message, outcome: 'new', ms: 3, turn: undefined }),
    step('2', 9, { name: 'woken', message, ms: 1_000, turn: undefined }),
    step('3', 1_012, { name: 'claimed', message, attempt: 1 }),
    step('4', 1_014, { name: 'asked', message }),
    hop('h2', 1_015, {
      kind: 'assistant',
      ms: 1_480,
      messages: [],
      turn,
      url: 'http://127.0.0.1:8000/api/v2/complete',
    }),
    step('5', 1_240, { name: 'first_byte', message, ms: 226 }),
    step('6', 2_496, { name: 'answered', message, ms: 1_482 }),
    step('7', 2_502, { name: 'written', message, parts: 2 }),
    step('8', 2_503, { name: 'sending', message, part: 0, parts: 2 }),
    hop('h3', 2_504, {
      kind: 'api',
      ms: 22,
      messages: bubbles.slice(0, 1),
      turn,
      url: 'http://127.0.0.1:8002/v25.0/100000000000001/messages',
    }),
    step('9', 2_530, { name: 'sent', message, bubble: bubbles[0], part: 0, parts: 2 }),
    hop('h4', 2_534, {
      kind: 'api',
      ms: 18,
      messages: [],
      turn,
      status: 429,
      fault: 'refuse 131056',
      url: 'http://127.0.0.1:8002/v25.0/100000000000001/messages',
    }),
    step('10', 2_560, {
      name: 'not_sent',
      message,
      part: 1,
      parts: 2,
      outcome: 'rate_limited',
      code: '131056',
    }),
    hop('h5', 8_540, {
      kind: 'api',
      ms: 25,
      messages: bubbles.slice(1, 2),
      turn,
      url: 'http://127.0.0.1:8002/v25.0/100000000000001/messages',
    }),
    step('11', 8_570, { name: 'sent', message, bubble: bubbles[1], part: 1, parts: 2 }),
    step('12', 8_572, { name: 'finished', message }),
    step('13', 8_600, { name: 'status', bubble: bubbles[0], outcome: 'delivered', turn: undefined }),
  ];
}
