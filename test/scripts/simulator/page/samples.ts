import { AMINA } from '../start-with-app.ts';

/** What the routes of a running app return, for pages without one. */

export const NOW = Date.now();
const iso = (ms: number) => new Date(NOW + ms).toISOString();
export const VIEW = {
  ...{
    id: 'meta:1:9f31',
    status: 'processing_reply',
    business: '1',
    channel: 'meta',
    number: '1',
    language: 'ar',
  },
  person: { phone: AMINA, userId: '***918' },
  ...{
    lastAt: iso(0),
    waiting: 2,
    waitingSince: iso(-2_000),
    leaseUntil: iso(65_000),
    inboundAt: iso(-2_000),
  },
  thread: { lastAt: iso(-9_000), questions: 3 },
  turn: {
    ...{ id: 't8', isOpen: true, attempts: 2, messages: 2, newestAt: iso(-3_000) },
    parts: [
      { key: 'a', state: 'sent', progress: 'delivered', triedAt: iso(-1_500) },
      {
        key: 'b',
        state: 'sent',
        progress: 'failed',
        code: '131026',
        failures: ['131056'],
        triedAt: iso(-500),
      },
    ],
  },
};
const LETTER = { turnId: 't7', reason: 'the assistant answered 503', gaveUpAt: iso(-50_000), messages: 2 };
export const INSIDE = {
  ...{ available: true, conversations: [VIEW], deadLetters: [LETTER], queue: 'inline' },
  backlog: { waiting: 1, oldestAt: iso(-2_000), deadLetters: 1 },
};

export const REQUEST = JSON.stringify({ entry: [{ text: { body: 'ما حكم الصيام؟' } }] });
export const REQUEST_AND_RESPONSE = {
  ...{
    type: 'hop',
    kind: 'delivery',
    method: 'POST',
    url: 'http://127.0.0.1:8001/whatsapp',
  },
  request: {
    ...{ method: 'POST', url: 'http://127.0.0.1:8001/whatsapp', body: REQUEST },
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Hub-Signature-256', 'sha256=00'],
    ],
  },
  response: { status: 200, headers: [['content-type', 'text/plain']], body: 'تم' },
  curl: "curl -X POST 'http://127.0.0.1:8001/whatsapp' --data-raw '{}'",
};

export const INTERACTIVE = {
  type: 'interactive',
  interactive: {
    type: 'button',
    body: { text: 'Well?' },
    footer: { text: 'small' },
    action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] },
  },
};
