import { describe, expect, it } from 'vitest';
import { Unavailable } from '#app/domain/errors.ts';
import { createMetrics } from '#app/metrics.ts';
import type { Backlog } from '#app/ports/store.ts';
import { settableClock } from '../fakes/clock.ts';

function metricsOf(backlog: () => Promise<Backlog> = async () => ({ waiting: 0, deadLetters: 0 })) {
  const clock = settableClock(100_000);
  const metrics = createMetrics({ backlog, now: clock.now });
  return { metrics, clock, lines: async () => (await metrics.page()).body.split('\n') };
}

describe('metrics', () => {
  it('count each thing under its labels', async () => {
    const { metrics, lines } = metricsOf();
    metrics.delivery('stored');
    metrics.delivery('stored');
    metrics.delivery('unsigned');
    metrics.signature('escaped');
    metrics.message('text', 'new');
    metrics.message('text', 'new');
    metrics.message('silent', 'done');
    metrics.message('unreadable', 'foreign');
    metrics.notice('standby');
    metrics.status('delivered');
    metrics.turn('buried');
    metrics.part('repeated');
    metrics.pricedPart({ category: 'service', billable: false });
    for (const category of ['new_rate', 'newer_rate']) metrics.pricedPart({ category, billable: true });
    metrics.turn('postponed');
    metrics.paused('alpha', 200_000);
    metrics.forgotten({ texts: 2, rows: 3 });
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'ansari_whatsapp_deliveries_total{outcome="stored"} 2',
        'ansari_whatsapp_deliveries_total{outcome="unsigned"} 1',
        'ansari_whatsapp_signatures_total{result="escaped"} 1',
        'ansari_whatsapp_messages_total{kind="text",acceptance="new"} 2',
        'ansari_whatsapp_messages_total{kind="silent",acceptance="done"} 1',
        'ansari_whatsapp_messages_total{kind="unreadable",acceptance="foreign"} 1',
        'ansari_whatsapp_notices_total{what="standby"} 1',
        'ansari_whatsapp_statuses_total{progress="delivered"} 1',
        'ansari_whatsapp_turns_total{outcome="buried"} 1',
        'ansari_whatsapp_parts_total{outcome="repeated"} 1',
        'ansari_whatsapp_priced_parts_total{category="service",billable="false"} 1',
        'ansari_whatsapp_priced_parts_total{category="other",billable="true"} 2',
        'ansari_whatsapp_turns_total{outcome="postponed"} 1',
        'ansari_whatsapp_businesses_paused 1',
        'ansari_whatsapp_retention_deleted_total{kind="texts"} 2',
        'ansari_whatsapp_retention_deleted_total{kind="rows"} 3',
        'ansari_whatsapp_retention_last_run_seconds 100',
      ]),
    );
  });

  it('are not reset by a scrape', async () => {
    const { metrics, lines } = metricsOf();
    metrics.delivery('stored');
    await lines();
    expect(await lines()).toContain('ansari_whatsapp_deliveries_total{outcome="stored"} 1');
  });

  it('count tokens by direction', async () => {
    const { metrics, lines } = metricsOf();
    metrics.tokens({ inputTokens: 12, outputTokens: 3 });
    metrics.tokens({ inputTokens: 1, outputTokens: 0 });
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'ansari_whatsapp_assistant_tokens_total{direction="input"} 13',
        'ansari_whatsapp_assistant_tokens_total{direction="output"} 3',
      ]),
    );
  });

  it('measure durations in seconds', async () => {
    const { metrics, lines } = metricsOf();
    metrics.assistantTook(3000);
    metrics.answeredAfter(4500);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'ansari_whatsapp_assistant_seconds_sum 3',
        'ansari_whatsapp_assistant_seconds_bucket{le="2"} 0',
        'ansari_whatsapp_assistant_seconds_bucket{le="5"} 1',
        'ansari_whatsapp_answer_seconds_sum 4.5',
      ]),
    );
  });

  it('cache the backlog for a quarter of a second, however many scrapes there are', async () => {
    let backlog: Backlog = { waiting: 3, oldestAt: 40_000, deadLetters: 2 };
    let reads = 0;
    const { lines, clock } = metricsOf(async () => {
      reads += 1;
      return backlog;
    });
    await Promise.all([lines(), lines()]);
    await lines();
    expect(reads).toBe(1);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'ansari_whatsapp_waiting_messages 3',
        'ansari_whatsapp_oldest_waiting_seconds 60',
        'ansari_whatsapp_dead_letters 2',
        'ansari_whatsapp_store_readable 1',
      ]),
    );
    backlog = { waiting: 0, deadLetters: 0 };
    clock.advance(249);
    expect(await lines()).toContain('ansari_whatsapp_waiting_messages 3');
    clock.advance(1);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'ansari_whatsapp_waiting_messages 0',
        'ansari_whatsapp_oldest_waiting_seconds 0',
      ]),
    );
  });

  it('read the backlog once at a time, however long it takes', async () => {
    let reads = 0;
    const answer = Promise.withResolvers<Backlog>();
    const { lines, clock } = metricsOf(() => {
      reads += 1;
      return answer.promise;
    });
    const pages = [lines()];
    clock.advance(60_000);
    pages.push(lines());
    answer.resolve({ waiting: 3, deadLetters: 0 });
    for (const page of await Promise.all(pages)) expect(page).toContain('ansari_whatsapp_waiting_messages 3');
    expect(reads).toBe(1);
    // A slow result is cached for longer.
    clock.advance(9_999);
    await lines();
    expect(reads).toBe(1);
    clock.advance(1);
    await lines();
    expect(reads).toBe(2);
  });

  it('omit the backlog when the store is unavailable, instead of showing an old one', async () => {
    let isDown = false;
    const { lines, clock } = metricsOf(async () => {
      if (isDown) throw new Unavailable('store down');
      return { waiting: 3, deadLetters: 2 };
    });
    await lines();
    isDown = true;
    clock.advance(10_000);
    const page = await lines();
    expect(page).toContain('ansari_whatsapp_store_readable 0');
    expect(page.filter((line) => /^ansari_whatsapp_(waiting|oldest|dead)/.test(line))).toEqual([]);
  });

  it('of two apps in one process are independent', async () => {
    const one = metricsOf();
    const other = metricsOf();
    one.metrics.delivery('stored');
    expect((await other.lines()).join()).not.toContain('outcome="stored"');
  });

  it('include those of the process', async () => {
    const page = (await metricsOf().lines()).join('\n');
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_utilization',
    ]) {
      expect(page).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'));
    }
  });
});
