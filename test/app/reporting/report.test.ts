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

function createRecorder() {
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
    advance: (ms: number) => {
      time += ms;
    },
    lines: () => lines.map((line) => JSON.parse(line)),
    alarms: () => lines.map((line) => JSON.parse(line).alarm),
    metrics: async () => (await metrics.page()).body.split('\n'),
  };
}

const nothingAccepted = {
  ...{ outcomes: [], stored: 0, known: 0, foreign: 0, uncovered: 0, statuses: 0 },
  ...{ priced: [], unknownParts: [] },
};
const keyRefused = new Unavailable('no', { code: 'backend-key', scope: 'app', alarm: 'backend-key' });
const tokenRefused = new Unavailable('no', { code: '190', scope: 'number', alarm: 'token-refused' });

describe('metrics of a report', () => {
  it('count a turn that was given up once, and its apology separately', async () => {
    const { work, metrics } = createRecorder();
    work({ outcome: 'buried', waitedMs: 5_000 });
    work({ outcome: 'apologised', waitedMs: 5_000 });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="buried"} 1');
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="apologised"} 1');
    expect(page).toContain('ansari_whatsapp_answer_seconds_count 0');
  });

  it('count and log hand-offs by who began them, with nothing of the person', async () => {
    const { work, metrics, lines } = createRecorder();
    work({ outcome: 'answered', waitedMs: 1, handOff: 'assistant' });
    work({ outcome: 'silent', handOff: 'operator' });
    work({ outcome: 'silent', handOff: 'operator' });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_handoffs_total{by="assistant"} 1');
    expect(page).toContain('ansari_whatsapp_handoffs_total{by="operator"} 2');
    const handOffs = lines().filter(({ event }) => event === 'hand-off');
    expect(handOffs).toHaveLength(3);
    expect(Object.keys(handOffs[0])).toEqual(['time', 'level', 'event', 'who', 'business', 'reason']);
    expect(handOffs[0]).toMatchObject({ who: 'c', reason: 'assistant' });
  });

  it('measure no answer time for a turn without a reply', async () => {
    const { work, metrics } = createRecorder();
    work({ outcome: 'silent', waitedMs: 90_000_000 });
    work({ outcome: 'answered', waitedMs: 4_000 });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="silent"} 1');
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="answered"} 1');
    expect(page).toContain('ansari_whatsapp_answer_seconds_sum 4');
  });

  it('count a repeated part, whatever the outcome', async () => {
    const { observed, metrics, lines } = createRecorder();
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
    const { work, metrics, advance } = createRecorder();
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
    advance(10_000);
    expect(await paused(metrics)).toBe('ansari_whatsapp_businesses_paused 1');
    advance(10_000);
    expect(await paused(metrics)).toBe('ansari_whatsapp_businesses_paused 0');
  });
});

describe('a part that was sent and reported as failed', () => {
  it('is counted when its failure is evaluated and when it is sent again, with its code in the log', async () => {
    const { observed, metrics, lines } = createRecorder();
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

  it('counts its turn as repeated, and not as a second answer', async () => {
    const { work, metrics } = createRecorder();
    work({ outcome: 'repeated', sent: 1 });
    const page = await metrics();
    expect(page).toContain('ansari_whatsapp_turns_total{outcome="repeated"} 1');
    expect(page).toContain('ansari_whatsapp_answer_seconds_count 0');
  });

  it('raises the same alarm as a refused send', () => {
    const { work, alarms } = createRecorder();
    const error = new Unavailable('no', { code: '131042', scope: 'number', alarm: 'number-refused' });
    work({ outcome: 'again', error });
    work({ outcome: 'buried', error: new Refused('no', { code: '131026' }) });
    expect(alarms()).toEqual(['number-refused', 'dead-letter']);
  });
});

it('logs the figures of a turn, since a worker cannot be scraped', () => {
  const { work, lines } = createRecorder();
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
  const { report, metrics } = createRecorder();
  const accepted = { ...nothingAccepted, known: 2, foreign: 1, statuses: 2 };
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

describe('the log lines of a delivery', () => {
  const linesOf = (delivery: Partial<Delivery>) => {
    const { report, lines } = createRecorder();
    report.delivery({ messages: [], statuses: [], notices: [], ...delivery }, nothingAccepted);
    return lines();
  };

  it('name each kind of notice with its count', () => {
    const notices = [{ what: 'malformed_message', count: 200_000 }, { what: 'too_many' }];
    expect(linesOf({ notices })).toMatchObject([
      { level: 'warn', what: 'malformed_message', count: 200_000 },
      { level: 'warn', what: 'too_many', count: 1 },
    ]);
  });

  it('omit routine notices', () => {
    expect(
      linesOf({ notices: [{ what: 'account_update', detail: 'PARTNER_ADDED', routine: true }] }),
    ).toEqual([]);
  });

  it.each([
    ['account_restricted', 'account-restricted'],
    ['standby', 'standby'],
    ['unknown_field', undefined],
  ])('have the alarm of the notice %s: %s', (what, alarm) => {
    expect(linesOf({ notices: [{ what, detail: 'FLAGGED' }] }).map((line) => line.alarm)).toEqual([alarm]);
  });

  it('count failed statuses by code', () => {
    const failed = (code: string) => status('k', 'failed', { code });
    const statuses = [failed('131026'), failed('131026'), failed('131047'), status('k', 'read')];
    expect(linesOf({ statuses }).map(({ code, count }) => [code, count])).toEqual([
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
    const { work, alarms } = createRecorder();
    work({ outcome: 'again', error: keyRefused });
    work({ outcome: 'again', error: new Unavailable('no', { code: '131056', scope: 'pair' }) });
    expect(alarms()).toEqual(['backend-key', undefined]);
  });

  it('is logged once a minute, however many turns fail with it', () => {
    const { work, advance, alarms } = createRecorder();
    for (let second = 0; second < 120; second += 1) {
      for (let turn = 0; turn < 10; turn += 1) work({ outcome: 'again', error: keyRefused });
      if (second === 30) work({ outcome: 'again', error: tokenRefused });
      advance(1_000);
    }
    expect(alarms()).toEqual(['backend-key', 'token-refused', 'backend-key']);
  });

  it('is said once a minute for each business, however many there are, and once for all where all are affected', () => {
    const { work, advance, lines } = createRecorder();
    for (let minute = 0; minute < 2; minute += 1) {
      for (let business = 0; business < 12_000; business += 1) {
        const conversation = `b${business}~c`;
        for (let turn = 0; turn < 2; turn += 1) {
          work({ outcome: 'again', error: tokenRefused, conversation });
          work({ outcome: 'again', error: keyRefused, conversation });
        }
      }
      advance(60_000);
    }
    const alarms = Object.groupBy(lines(), ({ alarm }) => alarm);
    expect(alarms['token-refused']).toHaveLength(24_000);
    expect(new Set(alarms['token-refused']?.map(({ business }) => business)).size).toBe(12_000);
    expect(alarms['backend-key']).toHaveLength(2);
  });

  it('is dead-letter for each turn that was given up, and undefined for an answered one', () => {
    const { work, alarms } = createRecorder();
    work({ outcome: 'buried', error: new Refused('no', { code: '131026' }) });
    work({ outcome: 'buried', error: keyRefused });
    work({ outcome: 'answered' });
    expect(alarms()).toEqual(['dead-letter', 'dead-letter', undefined]);
  });
});

describe('the retention job', () => {
  it('is logged when it deleted something, and counted always', async () => {
    const { report, lines, metrics } = createRecorder();
    report.forgotten({ texts: 0, rows: 0, hasMore: false });
    expect(lines()).toEqual([]);
    report.forgotten({ texts: 2, rows: 5, hasMore: false });
    expect(lines()).toMatchObject([
      { level: 'info', event: 'what is past its retention was deleted', texts: 2, rows: 5 },
    ]);
    expect(await metrics()).toContain('ansari_whatsapp_retention_deleted_total{kind="texts"} 2');
  });
});
