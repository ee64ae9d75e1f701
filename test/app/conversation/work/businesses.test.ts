import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RateLimits } from '#app/channels/meta/rate-limits.ts';
import { createMetaChannel } from '#app/channels/meta/send.ts';
import type { TurnPorts } from '#app/conversation/turn.ts';
import { createWork, type WorkReport } from '#app/conversation/work.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { createLog } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import type { Business, BusinessSettings } from '#app/ports/businesses.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createReport } from '#app/reporting/report.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type ScriptedAssistant, scriptedAssistant } from '../../../fakes/assistant.ts';
import { businessesOf } from '../../../fakes/businesses.ts';
import { type ScriptedChannel, scriptedChannel } from '../../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { NO_HAND_OFFS } from '../../../fakes/hand-offs.ts';
import { type FakeServer, fakeServer } from '../../../fakes/http-server.ts';
import { limitsIn } from '../../../fakes/limits.ts';
import { businessWith, message } from '../../../fakes/messages.ts';
import { RULES, until } from './turn-test.ts';

/** Two businesses in one process: ids as MongoDB makes them, the second one of digits only. */
const ALPHA = '65f0a1b2c3d4e5f6a7b8c9d0';
const BETA = '650123456789012345678901';

let clock: SettableClock;
let store: ConversationStore;
let assistant: ScriptedAssistant;
let channel: ScriptedChannel;
beforeEach(() => {
  clock = settableClock();
  store = createMemoryStore({ clock, newId: randomUUID });
  assistant = scriptedAssistant();
  channel = scriptedChannel();
});

const alphaWith = (settings: BusinessSettings = {}, token = 'alpha-token') =>
  businessWith({ id: ALPHA, number: '1001', settings, token });
const beta = businessWith({ id: BETA, number: '2002', token: 'beta-token' });

/** Works on conversations, and writes the log lines and metrics of it. */
function reportedWork(businesses: readonly Business[], ports: Partial<TurnPorts> = {}) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', now: clock.now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: () => store.backlog(), now: clock.now });
  const report = createReport({ log, metrics, personHash: () => 'who', now: clock.now });
  const work = createWork(
    {
      ...{ store, assistantOf: () => assistant, clock, channels: { meta: channel }, limits: limitsIn(clock) },
      ...{ businesses: businessesOf(...businesses), jitter: () => 0, handOffs: NO_HAND_OFFS, ...ports },
    },
    RULES,
  );
  return {
    async wake(conversation: string): Promise<WorkReport> {
      // Nobody advances the clock for a sleeper, and Meta's rate spaces the sends of a number.
      clock.advance(20);
      const done = await work(conversation, new AbortController().signal);
      report.work(done);
      return done;
    },
    lines: () => lines.map((line) => JSON.parse(line)),
    page: async () => (await metrics.page()).body.split('\n'),
  };
}

/** One conversation with a waiting message for each person; the ids of the conversations. */
async function written(to: Business, people: number): Promise<string[]> {
  const messages = Array.from({ length: people }, (_, person) =>
    message('What is zakat?', {
      ...{ business: to.id, number: to.number, person: { phone: `1555${to.number}${person}` } },
      sentAt: clock.now(),
    }),
  );
  return (await store.accept(messages)).map(({ conversation }) => conversation);
}

describe('a business at its limit of turns in a minute', () => {
  const alpha = alphaWith({ turnsPerMinute: 2 });

  it('postpones the others: none is lost or counted as an attempt, and the other business does not wait', async () => {
    const { wake } = reportedWork([alpha, beta]);
    const conversations = await written(alpha, 5);
    const [ofBeta = ''] = await written(beta, 1);
    const reports: WorkReport[] = [];
    for (const conversation of conversations) reports.push(await wake(conversation));
    expect(reports.map(({ outcome }) => outcome)).toEqual([
      ...['answered', 'answered'],
      ...['postponed', 'postponed', 'postponed'],
    ]);
    expect(await wake(ofBeta)).toMatchObject({ outcome: 'answered' });

    // Until then, no wake-up does anything.
    for (const { conversation } of reports.slice(2)) expect((await wake(conversation)).outcome).toBe('later');
    const waiting = new Map(
      reports.slice(2).map(({ conversation, lookAgainAt = 0 }) => [conversation, lookAgainAt]),
    );
    while (waiting.size > 0) {
      const [conversation = '', at = 0] = [...waiting].toSorted(([, a], [, b]) => a - b)[0] ?? [];
      waiting.delete(conversation);
      clock.advance(Math.max(0, at - clock.now()));
      expect(await wake(conversation)).toMatchObject({ outcome: 'answered', attempt: 1 });
    }
    expect(channel.sent).toHaveLength(6);
  });

  it('is said once a minute, with its id, and counted', async () => {
    const { wake, lines, page } = reportedWork([alpha, beta]);
    for (const conversation of await written(alpha, 40)) await wake(conversation);
    const postponed = () => lines().filter(({ outcome }) => outcome === 'postponed');
    expect(postponed()).toMatchObject([{ level: 'warn', business: ALPHA, count: 1 }]);
    expect(postponed()[0].alarm).toBeUndefined();
    expect(await page()).toContain('ansari_whatsapp_turns_total{outcome="postponed"} 38');
    expect(await page()).toContain('ansari_whatsapp_businesses_paused 0');
  });
});

it('a business with a concurrency begins no more turns at the same time', async () => {
  const { wake } = reportedWork([alphaWith({ concurrency: 2 }), beta]);
  const answers = Promise.withResolvers<string>();
  assistant.defaultStep = () => answers.promise;
  const conversations = await written(alphaWith(), 3);
  const first = wake(conversations[0] ?? '');
  const second = wake(conversations[1] ?? '');
  await until(() => assistant.questions.length === 2);
  const third = await wake(conversations[2] ?? '');
  expect(third).toMatchObject({ outcome: 'postponed', lookAgainAt: clock.now() + 2_000 });
  const [ofBeta = ''] = await written(beta, 1);
  const other = wake(ofBeta);
  await until(() => assistant.questions.length === 3);
  answers.resolve('An answer.');
  for (const { outcome } of await Promise.all([first, second, other])) expect(outcome).toBe('answered');
  clock.advance(2_000);
  expect(await wake(conversations[2] ?? '')).toMatchObject({ outcome: 'answered' });
});

it('a token that cannot be decrypted waits for an operator, without looking all the time', async () => {
  const accessToken = () => {
    throw new Unavailable('the token cannot be decrypted', { scope: 'number', alarm: 'token-refused' });
  };
  const alpha: Business = { ...alphaWith(), accessToken };
  const meta = createMetaChannel({
    ...{ apiUrl: 'http://127.0.0.1:1', apiVersion: 'v25.0', clock },
    rateLimits: new RateLimits({ clock }),
  });
  const { wake, lines } = reportedWork([alpha], { channels: { meta } });
  const [conversation = ''] = await written(alpha, 1);
  for (let minute = 0; minute < 3; minute += 1) {
    const report = await wake(conversation);
    expect(report).toMatchObject({ outcome: 'again', attempt: 1, lookAgainAt: clock.now() + 60_000 });
    clock.advance(60_000);
  }
  expect(lines().map(({ alarm, business }) => [alarm, business])).toEqual(
    Array(3).fill(['token-refused', ALPHA]),
  );
  expect(assistant.questions).toHaveLength(1);
});

describe('a token that Meta refuses', () => {
  let graph: FakeServer;
  const tokens = { alpha: 'expired-token' };
  beforeEach(async () => {
    tokens.alpha = 'expired-token';
    let sent = 0;
    graph = await fakeServer((response, { headers }) => {
      const isExpired = headers.authorization === 'Bearer expired-token';
      response.writeHead(isExpired ? 401 : 200, { 'content-type': 'application/json' });
      sent += 1;
      const refusal = { error: { code: 190, message: 'Session has expired', type: 'OAuthException' } };
      response.end(JSON.stringify(isExpired ? refusal : { messages: [{ id: `wamid.out-${sent}` }] }));
    });
  });
  afterEach(() => graph.close());

  function start(other = beta) {
    const alpha: Business = { ...alphaWith(), accessToken: () => tokens.alpha };
    const rateLimits = new RateLimits({ clock });
    const meta = createMetaChannel({ apiUrl: graph.url, apiVersion: 'v25.0', rateLimits, clock });
    return { alpha, ...reportedWork([alpha, other], { channels: { meta } }) };
  }

  it('pauses its own number and no other, and the log names the business once a minute', async () => {
    const { alpha, wake, lines, page } = start();
    const conversations = await written(alpha, 20);
    const ofBeta = await written(beta, 20);
    for (const [index, conversation] of conversations.entries()) {
      expect(await wake(conversation)).toMatchObject({ outcome: 'again' });
      expect(await wake(ofBeta[index] ?? '')).toMatchObject({ outcome: 'answered', sent: 1 });
    }
    const refused = graph.seen.filter(({ headers }) => headers.authorization === 'Bearer expired-token');
    // The typing indicator and the first part; then the number is paused.
    expect(
      refused.filter(({ body }) => body.includes('biz_opaque_callback_data')).length,
    ).toBeLessThanOrEqual(1);
    expect(refused.length).toBeLessThanOrEqual(2);
    const alarms = lines().filter(({ alarm }) => alarm !== undefined);
    expect(alarms).toMatchObject([{ alarm: 'token-refused', business: ALPHA, count: 1 }]);
    expect(
      lines()
        .filter(({ outcome }) => outcome === 'answered')
        .map(({ business }) => business),
    ).toEqual(Array(20).fill(BETA));
    expect(await page()).toContain('ansari_whatsapp_businesses_paused 1');
  });

  it('is used again when it is replaced: the stored replies are sent, and the assistant is not asked twice', async () => {
    const { alpha, wake, page } = start();
    const conversations = await written(alpha, 3);
    for (const conversation of conversations) await wake(conversation);
    expect(assistant.questions).toHaveLength(3);
    tokens.alpha = 'new-token';
    clock.advance(10_000);
    for (const conversation of conversations) {
      expect(await wake(conversation)).toMatchObject({ outcome: 'answered', attempt: 1 });
    }
    expect(assistant.questions).toHaveLength(3);
    expect(await page()).toContain('ansari_whatsapp_businesses_paused 0');
  });

  it('of two businesses is said for each', async () => {
    const gamma = businessWith({ id: 'gamma', number: '3003', token: 'expired-token' });
    const { alpha, wake, lines } = start(gamma);
    for (const conversation of [...(await written(alpha, 2)), ...(await written(gamma, 2))]) {
      await wake(conversation);
    }
    expect(lines().map(({ alarm, business }) => [alarm, business])).toEqual([
      ['token-refused', ALPHA],
      ['token-refused', 'gamma'],
    ]);
  });
});
