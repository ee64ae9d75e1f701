import { expect, it } from 'vitest';
import { channelsFor, rulesFor } from '#app/compose/adapters.ts';
import { readConfig } from '#app/config.ts';
import { createLog } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import { businessWith } from '../../fakes/messages.ts';

const log = createLog({ level: 'error', now: () => 0, write: () => {} });

it.each([
  [{}, false],
  [{ META_TEMPLATE: 'answer_ready/en_US' }, true],
  [{ META_TEMPLATE: 'answer_ready/en_US', MOCK_META_API: 'true' }, true],
])('the channel of Meta has the template of %o', (environment, hasTemplate) => {
  const observed = {
    log,
    metrics: createMetrics({ backlog: async () => ({ waiting: 0, deadLetters: 0 }), now: () => 0 }),
    now: () => 0,
  };
  const { meta } = channelsFor(readConfig(environment), observed);
  expect(meta?.hasTemplate(businessWith())).toBe(hasTemplate);
});

it.each([
  [{}, true],
  [{ AI_NOTICE: 'false' }, false],
])('whether a machine says so follows from %o', (environment, aiNotice) => {
  expect(rulesFor(readConfig(environment))).toMatchObject({ aiNotice });
});
