import { describe, expect, it } from 'vitest';
import { Refused, Unavailable } from '../../app/conversation/errors.ts';
import type { WorkReport } from '../../app/conversation/work.ts';
import { createLog } from '../../app/log.ts';
import { createMetrics } from '../../app/metrics.ts';
import { reporting } from '../../app/reporting.ts';

function alarmOf(report: Pick<WorkReport, 'outcome' | 'error'>): unknown {
  const lines: string[] = [];
  const now = () => 0;
  const log = createLog({ level: 'info', now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: async () => ({ waiting: 0, deadLetters: 0 }), now });
  reporting({ log, metrics, who: (identity) => identity, now }).look({
    conversation: 'c',
    tookMs: 1,
    ...report,
  });
  return JSON.parse(lines.join()).alarm;
}

describe('the alarm of a turn', () => {
  it.each([
    ['190', 'token-refused'],
    ['131042', 'number-refused'],
    ['133010', 'number-refused'],
    ['backend-key', 'backend-key'],
    ['openai-key', 'backend-key'],
    ['openai-spent', 'assistant-refused'],
    ['model_not_found', 'assistant-refused'],
    ['http-404', 'assistant-refused'],
    ['131056', undefined],
    ['http-503', undefined],
  ])('that failed with %s is %s', (code, alarm) => {
    expect(alarmOf({ outcome: 'again', error: new Unavailable('no', { code, scope: 'app' }) })).toBe(alarm);
  });

  it('is a dead letter when it was given up, and nothing when it was answered', () => {
    expect(alarmOf({ outcome: 'buried', error: new Refused('no', { code: '131026' }) })).toBe('dead-letter');
    expect(alarmOf({ outcome: 'answered' })).toBeUndefined();
  });
});
