import { describe, expect, it } from 'vitest';
import type { WorkReport } from '#app/conversation/work.ts';
import { Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import type { Delivery } from '#app/domain/message.ts';
import { createLog } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import type { Channel } from '#app/ports/channel.ts';
import { observeChannel } from '#app/reporting/observe-channel.ts';
import { createReport } from '#app/reporting/report.ts';
import { scriptedChannel } from '../../fakes/channel.ts';
import { AISHA, businessWith, status } from '../../fakes/messages.ts';

function reported() {
  const lines: string[] = [];
  let time = 0;
  const now = () => time;
  const log = createLog({ level: 'info', now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: async () => ({ waiting: 0, deadLetters: 0 }), now });
  const report = createReport({ log, metrics, personHash: (identity) => identity, now });
  return {
    work: (attempt: Pick<WorkReport, 'outcome'> & Partial<WorkReport>) =>
      report.work({ conversation: 'c', tookMs: 1, ...attempt }),
    report,
    observed: (channel: Channel) => observeChannel(channel, { log, metrics }),
    pass: (ms: number) => {
      time += ms;
    },
    lines: () => lines.map((line) => JSON.parse(line)),
    alarms: () => lines.map((line) => JSON.parse(line).alarm),
    metrics: async () => (await metrics.page()).body.split('\n'),
  };
}

const keyRefused = new Unavailable('no', { code: 'backend-key', scope: 'app', alarm: 'backend-key' });
const tokenRefused = new Unavailable('no', { code: '190', scope: 'number', alarm: 'token-refused' });

describe('what is counted', () => {
  it('a turn that was given up once, and its apology for itself', async () => {
    const { work, metrics } = reported();
    work({ outcome: 'buried', waitedMs: 5_000 });
    work({ outcome: 'apologised', waitedMs: 5_000 });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="buried"} 1');
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="apologised"} 1');
    expect(page).toContain('ansari_whatsapp_answer_seconds_count 0');
  });

  it('a turn to which nothing was said, which took no time to answer', async () => {
    const { work, metrics } = reported();
    work({ outcome: 'silent', waitedMs: 90_000_000 });
    work({ outcome: 'answered', waitedMs: 4_000 });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="silent"} 1');
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="answered"} 1');
    expect(page).toContain('ansari_whatsapp_answer_seconds_sum 4');
  });

  it('a part that is sent again, however that ends', async () => {
    const { observed, metrics, lines } = reported();
    const scripted = scriptedChannel();
    const channel = observed(scripted);
    const business = businessWith();
    const send = (isRepeat: boolean) => channel.send(business, AISHA, { text: 'a', key: 'k', isRepeat });
    scripted.next.push(
      (take) => take(),
      lost,
      lost,
      (take) => take(),
    );
    await send(false);
    await expect(send(false)).rejects.toThrow();
    await expect(send(true)).rejects.toThrow();
    await send(true);
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_parts_total{outcome="repeated"} 2');
    expect(page).toContain('ansari_whatsapp_parts_total{outcome="sent"} 2');
    expect(page).toContain('ansari_whatsapp_parts_total{outcome="unknown"} 2');
    expect(lines().filter(({ what }) => what === 'repeated')).toHaveLength(2);
  });
});

describe('businesses whose turns wait for an operator', () => {
  const paused = async (metrics: () => Promise<string[]>) =>
    (await metrics()).find((line) => line.startsWith('ansari_whatsapp_businesses_paused'));

  it('are counted, each once, until their time is over or a turn is answered', async () => {
    const { work, metrics, pass } = reported();
    const fail = (conversation: string, lookAgainAt: number) =>
      work({ outcome: 'again', error: tokenRefused, conversation, lookAgainAt });
    fail('a~1', 10_000);
    fail('a~2', 20_000);
    fail('b~1', 10_000);
    fail('c~1', 10_000);
    work({ outcome: 'again', error: new Unavailable('down'), conversation: 'd~1', lookAgainAt: 10_000 });
    expect(await paused(metrics)).toBe('ansari_whatsapp_businesses_paused 3');
    work({ outcome: 'answered', conversation: 'c~2' });
    expect(await paused(metrics)).toBe('ansari_whatsapp_businesses_paused 2');
    pass(10_000);
    expect(await paused(metrics)).toBe('ansari_whatsapp_businesses_paused 1');
    pass(10_000);
    expect(await paused(metrics)).toBe('ansari_whatsapp_businesses_paused 0');
  });
});

describe('a part that was taken and failed', () => {
  it('is counted once it is judged, and when it is sent again, with its code in the log', async () => {
    const { observed, metrics, lines } = reported();
    const channel = observed(scriptedChannel());
    const business = businessWith();
    expect(channel.failure(business, AISHA, ['131000'])).toMatchObject({ code: '131000' });
    await channel.send(business, AISHA, { text: 'a', key: 'k', isRepeat: false, failures: ['131000'] });
    const page = await metrics();
    for (const outcome of ['failed', 'repeated', 'sent']) {
      expect(page).toContain(`ansari_whatsapp_parts_total{outcome="${outcome}"} 1`);
    }
    expect(lines()).toMatchObject([{ what: 'repeated', code: '131000', business: 'env' }]);
  });

  it('is a turn that was repeated, and no second answer', async () => {
    const { work, metrics } = reported();
    work({ outcome: 'repeated', sent: 1 });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="repeated"} 1');
    expect(page).toContain('ansari_whatsapp_answer_seconds_count 0');
  });

  it('rings the alarm that a refusal of its send rings', () => {
    const { work, alarms } = reported();
    const error = new Unavailable('no', { code: '131042', scope: 'number', alarm: 'number-refused' });
    work({ outcome: 'again', error });
    work({ outcome: 'buried', error: new Refused('no', { code: '131026' }) });
    expect(alarms()).toEqual(['number-refused', 'dead-letter']);
  });
});

it('a line tells of a turn what nobody can scrape of a worker', () => {
  const { work, lines } = reported();
  work({ outcome: 'answered', attempt: 2, sent: 3, waitedMs: 4_000, tookMs: 2_500 });
  expect(lines()).toMatchObject([
    {
      level: 'info',
      event: 'turn',
      who: 'c',
      business: 'env',
      outcome: 'answered',
      attempt: 2,
      parts: 3,
      waitedMs: 4_000,
      ms: 2_500,
    },
  ]);
});

it('counts the statuses and the notices of a delivery', async () => {
  const { report, metrics } = reported();
  const accepted = { outcomes: [], stored: 0, known: 2, foreign: 1, uncovered: 0, statuses: 2 };
  const statuses = [status('k', 'read'), status('k', 'read')];
  const notices = [{ what: 'unknown_field', detail: 'x', count: 3 }, { what: 'unknown_field' }];
  expect(report.delivery({ messages: [], statuses, notices }, accepted)).toEqual({
    stored: 0,
    known: 2,
    foreign: 1,
  });
  const page = await metrics();
  expect(page).toContain('ansari_whatsapp_statuses_total{progress="read"} 2');
  expect(page).toContain('ansari_whatsapp_notices_total{what="unknown_field"} 4');
});

describe('a line tells of a delivery', () => {
  const nobody = { outcomes: [], stored: 0, known: 0, foreign: 0, uncovered: 0, statuses: 0 };
  const hears = (delivery: Partial<Delivery>) => {
    const { report, lines } = reported();
    report.delivery({ messages: [], statuses: [], notices: [], ...delivery }, nobody);
    return lines();
  };

  it('each kind of thing that it held besides, and how often', () => {
    const notices = [{ what: 'malformed_message', count: 200_000 }, { what: 'too_many' }];
    expect(hears({ notices })).toMatchObject([
      { level: 'warn', what: 'malformed_message', count: 200_000 },
      { level: 'warn', what: 'too_many', count: 1 },
    ]);
  });

  it('nothing of what the platform documents and nobody has to act on', () => {
    expect(hears({ notices: [{ what: 'account_update', detail: 'PARTNER_ADDED', routine: true }] })).toEqual(
      [],
    );
  });

  it.each([
    ['account_restricted', 'account-restricted'],
    ['standby', 'standby'],
    ['unknown_field', undefined],
  ])('that an operator has to act on %s: %s', (what, alarm) => {
    expect(hears({ notices: [{ what, detail: 'FLAGGED' }] }).map((line) => line.alarm)).toEqual([alarm]);
  });

  it('once for each code why parts were not delivered', () => {
    const failed = (code: string) => status('k', 'failed', { code });
    const statuses = [failed('131026'), failed('131026'), failed('131047'), status('k', 'read')];
    expect(hears({ statuses }).map(({ code, count }) => [code, count])).toEqual([
      ['131026', 2],
      ['131047', 1],
    ]);
  });
});

function lost(): never {
  throw new Unknown('timed out');
}

describe('the alarm of a turn', () => {
  it('is the one of its failure', () => {
    const { work, alarms } = reported();
    work({ outcome: 'again', error: keyRefused });
    work({ outcome: 'again', error: new Unavailable('no', { code: '131056', scope: 'pair' }) });
    expect(alarms()).toEqual(['backend-key', undefined]);
  });

  it('is said once a minute, however many turns fail for it', () => {
    const { work, pass, alarms } = reported();
    for (let second = 0; second < 120; second += 1) {
      for (let turn = 0; turn < 10; turn += 1) work({ outcome: 'again', error: keyRefused });
      if (second === 30) work({ outcome: 'again', error: tokenRefused });
      pass(1_000);
    }
    expect(alarms()).toEqual(['backend-key', 'token-refused', 'backend-key']);
  });

  it('is said once a minute for each business, however many there are, and once for all where all are affected', () => {
    const { work, pass, lines } = reported();
    for (let minute = 0; minute < 2; minute += 1) {
      for (let business = 0; business < 12_000; business += 1) {
        const conversation = `b${business}~c`;
        for (let turn = 0; turn < 2; turn += 1) {
          work({ outcome: 'again', error: tokenRefused, conversation });
          work({ outcome: 'again', error: keyRefused, conversation });
        }
      }
      pass(60_000);
    }
    const alarms = Object.groupBy(lines(), ({ alarm }) => alarm);
    expect(alarms['token-refused']).toHaveLength(24_000);
    expect(new Set(alarms['token-refused']?.map(({ business }) => business)).size).toBe(12_000);
    expect(alarms['backend-key']).toHaveLength(2);
  });

  it('is a dead letter each time one was given up, and nothing when it was answered', () => {
    const { work, alarms } = reported();
    work({ outcome: 'buried', error: new Refused('no', { code: '131026' }) });
    work({ outcome: 'buried', error: keyRefused });
    work({ outcome: 'answered' });
    expect(alarms()).toEqual(['dead-letter', 'dead-letter', undefined]);
  });
});
