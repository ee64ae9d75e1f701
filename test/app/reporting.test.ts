import { describe, expect, it } from 'vitest';
import { Refused, Unavailable } from '../../app/conversation/errors.ts';
import type { WorkReport } from '../../app/conversation/work.ts';
import { createLog } from '../../app/log.ts';
import { createMetrics } from '../../app/metrics.ts';
import { reporting } from '../../app/reporting.ts';

function told() {
  const lines: string[] = [];
  let time = 0;
  const now = () => time;
  const log = createLog({ level: 'info', now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: async () => ({ waiting: 0, deadLetters: 0 }), now });
  const report = reporting({ log, metrics, who: (identity) => identity, now });
  return {
    look: (said: Pick<WorkReport, 'outcome'> & Partial<WorkReport>) =>
      report.look({ conversation: 'c', tookMs: 1, ...said }),
    report,
    pass: (ms: number) => {
      time += ms;
    },
    alarms: () => lines.map((line) => JSON.parse(line).alarm),
    metrics: async () => (await metrics.page()).body.split('\n'),
  };
}

const keyRefused = new Unavailable('no', { code: 'backend-key', scope: 'app', alarm: 'backend-key' });
const tokenRefused = new Unavailable('no', { code: '190', scope: 'number', alarm: 'token-refused' });

describe('the alarm of a turn', () => {
  it('is the one of its failure', () => {
    const { look, alarms } = told();
    look({ outcome: 'again', error: keyRefused });
    look({ outcome: 'again', error: new Unavailable('no', { code: '131056', scope: 'pair' }) });
    expect(alarms()).toEqual(['backend-key', undefined]);
  });

  it('is said once a minute, however many turns fail for it', () => {
    const { look, pass, alarms } = told();
    for (let second = 0; second < 120; second += 1) {
      for (let turn = 0; turn < 10; turn += 1) look({ outcome: 'again', error: keyRefused });
      if (second === 30) look({ outcome: 'again', error: tokenRefused });
      pass(1_000);
    }
    expect(alarms()).toEqual(['backend-key', 'token-refused', 'backend-key']);
  });

  it('is a dead letter each time one was given up, and nothing when it was answered', () => {
    const { look, alarms } = told();
    look({ outcome: 'buried', error: new Refused('no', { code: '131026' }) });
    look({ outcome: 'buried', error: keyRefused });
    look({ outcome: 'answered' });
    expect(alarms()).toEqual(['dead-letter', 'dead-letter', undefined]);
  });
});
