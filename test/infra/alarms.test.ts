import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALARMS } from '#app/domain/errors.ts';
import { EMBEDDED_DIMENSION, EMBEDDED_METRICS, EMBEDDED_NAMESPACE } from '#app/metrics/embedded-names.ts';
import { LOGGED_ALARMS } from '#infra/alarm-rules.ts';
import { at, ENVIRONMENTS, ofType, one, RECORDINGS } from './graph.ts';

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const FILTER = 'aws:cloudwatch/logMetricFilter:LogMetricFilter';

it('there is an alarm for every alarm that the application logs', () => {
  expect(Object.keys(LOGGED_ALARMS).sort()).toEqual([...ALARMS].sort());
});

it('the runbook has exactly one row for each alarm', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  const rows = [...runbook.matchAll(/^\| <a id="alarm-([\w-]+)"><\/a>`([\w-]+)` \|/gm)];
  for (const [, anchor, name] of rows) expect(name).toBe(anchor);
  const made = new Set(
    [...ENVIRONMENTS, 'staging with fargate' as const]
      .flatMap((name) => ofType(name, ALARM))
      .map(({ name }) => name),
  );
  expect(rows.map(([, anchor]) => anchor).sort()).toEqual([...made].sort());
});

it.each(['staging', 'production'] as const)('both computes have the same alarms and charts: %s', (stack) => {
  const of = (compute: 'apprunner' | 'ecs-express') => {
    const name = `${stack} on ${compute}` as const;
    const { inputs } = one(name, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
    const charts = Object(at(JSON.parse(String(inputs.dashboardBody)), 'widgets'));
    return {
      alarms: ofType(name, ALARM)
        .map((alarm) => `${alarm.name}: ${alarm.inputs.alarmDescription}`)
        .sort(),
      charts: charts.map((chart: unknown) => [
        at(chart, 'properties', 'title'),
        at(chart, 'properties', 'stat'),
      ]),
      // Express Mode does not name its load balancer: what App Runner measures is counted in the log there.
      watched: ['failures', 'slow'].map((what) => one(name, ALARM, `web-${what}`).inputs.threshold),
    };
  };
  expect(of('ecs-express')).toEqual(of('apprunner'));
  expect(of('apprunner').alarms.length).toBeGreaterThan(10);
});

it.each([...ENVIRONMENTS, 'staging with fargate'] as const)(
  'the dashboard shows every metric that the worker writes, of its own environment: %s',
  (name) => {
    const { inputs } = one(name, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
    const shown: unknown[] = Object(at(JSON.parse(String(inputs.dashboardBody)), 'widgets'))
      .flatMap((chart: unknown) => at(chart, 'properties', 'metrics'))
      .filter(([namespace]: unknown[]) => namespace === EMBEDDED_NAMESPACE);
    const { stack } = RECORDINGS[name];
    const expected = Object.keys(EMBEDDED_METRICS).map((metric) => [
      ...[EMBEDDED_NAMESPACE, metric, EMBEDDED_DIMENSION, stack],
    ]);
    expect(shown).toHaveLength(expected.length);
    expect(shown).toEqual(expect.arrayContaining(expected));
  },
);

it.each(['staging on ecs-express', 'production on ecs-express'] as const)(
  'every metric that an alarm of log lines reads is counted there: %s',
  (name) => {
    const own = `ansari-whatsapp/${RECORDINGS[name].stack}`;
    const counted = ofType(name, FILTER).map(({ inputs }) => at(inputs, 'metricTransformation', 'name'));
    for (const { inputs } of ofType(name, ALARM))
      if (inputs.namespace === own) expect(counted).toContain(inputs.metricName);
    expect(counted).toEqual(expect.arrayContaining(['Failures', 'Latency']));
  },
);

describe.each(ENVIRONMENTS)('alarms: %s', (name) => {
  const { stack } = RECORDINGS[name];
  const alarms = ofType(name, ALARM);

  it('notify the topic of their environment in state ALARM and in state OK', () => {
    const topic = `arn:aws:sns:us-west-2:123456789012:ansari-whatsapp-${stack}-alarms`;
    for (const { inputs } of alarms) {
      expect(inputs.name).toMatch(new RegExp(`^ansari-whatsapp-${stack}-`));
      expect(inputs.alarmActions).toEqual([topic]);
      expect(inputs.okActions).toEqual([topic]);
    }
  });

  it('have a description with a sentence and the address of the runbook', () => {
    for (const { name: alarm, inputs } of alarms) {
      const [message, address] = String(inputs.alarmDescription).split(/ (?=https:)/);
      expect(message).toMatch(/^[A-Z].*\w\.$/);
      expect(address).toBe(`https://github.com/example/ansari/blob/HEAD/docs/runbook.md#alarm-${alarm}`);
      // CloudWatch API reference, PutMetricAlarm.
      expect(String(inputs.alarmDescription).length).toBeLessThanOrEqual(1024);
    }
  });

  it('ignore missing data, except of metrics that are always reported', () => {
    const silent = alarms.filter(({ inputs }) => inputs.treatMissingData === 'breaching');
    expect(silent.map((alarm) => alarm.name)).toEqual(['worker-silent']);
    const others = alarms.filter((alarm) => alarm.name !== 'worker-silent');
    expect(new Set(others.map(({ inputs }) => inputs.treatMissingData))).toEqual(new Set(['notBreaching']));
  });

  it('watch the dead letters, the backlog, the web service and the worker', () => {
    const watched = alarms.map(({ inputs }) => `${inputs.namespace} ${inputs.metricName}`);
    expect(watched).toEqual(
      expect.arrayContaining([
        'AWS/SQS ApproximateNumberOfMessagesVisible',
        'AWS/SQS ApproximateAgeOfOldestMessage',
        'AWS/Lambda Errors',
        'AWS/Lambda Throttles',
        'AWS/Lambda Invocations',
      ]),
    );
    expect(at(one(name, ALARM, 'dead-wake-ups').inputs, 'dimensions', 'QueueName')).toBe(
      `ansari-whatsapp-${stack}-turns-dead`,
    );
    expect(one(name, ALARM, 'dead-wake-ups').inputs).toMatchObject({
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
    });
  });

  it.each([
    ['oldest-hand-off', 'ApproximateAgeOfOldestMessage', 'hand-offs', 3_600],
    ['many-hand-offs', 'ApproximateNumberOfMessagesVisible', 'hand-offs', 50],
    ['dead-hand-offs', 'ApproximateNumberOfMessagesVisible', 'hand-offs-dead', 0],
  ])('watch the hand-offs: %s', (alarm, metricName, queue, threshold) => {
    expect(one(name, ALARM, alarm).inputs).toMatchObject({
      namespace: 'AWS/SQS',
      metricName,
      dimensions: { QueueName: `ansari-whatsapp-${stack}-${queue}` },
      statistic: 'Maximum',
      threshold,
      comparisonOperator: 'GreaterThanThreshold',
    });
  });

  it.each(Object.keys(LOGGED_ALARMS))('match fields of log lines, not their text: %s', (alarm) => {
    expect(one(name, ALARM, `logged-${alarm}`).inputs).toMatchObject({
      namespace: `ansari-whatsapp/${stack}`,
      metricName: 'Alarms',
      dimensions: { Alarm: alarm },
      threshold: 0,
    });
    for (const program of ['web', 'worker']) {
      const { inputs } = one(name, FILTER, `${program}-alarms`);
      expect(inputs.pattern).toBe('{ $.alarm = "*" }');
      expect(inputs.metricTransformation).toMatchObject({
        dimensions: { Alarm: '$.alarm' },
        namespace: `ansari-whatsapp/${stack}`,
      });
    }
  });

  it('count lines of level error of both programs', () => {
    for (const program of ['web', 'worker']) {
      expect(one(name, FILTER, `${program}-errors`).inputs).toMatchObject({
        pattern: '{ $.level = "error" }',
      });
    }
  });

  it("have exactly the dimensions of the web service's metrics", () => {
    const { inputs } = one(name, ALARM, 'web-failures');
    if (name.endsWith('apprunner')) {
      expect(inputs).toMatchObject({ namespace: 'AWS/AppRunner', metricName: '5xxStatusResponses' });
      expect(Object.keys(Object(inputs.dimensions)).sort()).toEqual(['ServiceID', 'ServiceName']);
    } else {
      expect(inputs).toMatchObject({ namespace: `ansari-whatsapp/${stack}`, metricName: 'Failures' });
    }
  });

  it('notify an address of the environment, which only its owner can unsubscribe', () => {
    const { inputs, retainOnDelete } = one(name, 'aws:sns/topicSubscription:TopicSubscription', 'operators');
    expect(inputs).toEqual({
      topic: at(RECORDINGS.shared.outputs, 'alarmTopicArns', stack),
      protocol: 'email',
      endpoint: 'operators@example.org',
    });
    expect(retainOnDelete).toBe(true);
  });

  it('have a dashboard that CloudWatch accepts', () => {
    const { inputs } = one(name, 'aws:cloudwatch/dashboard:Dashboard', 'dashboard');
    const widgets: unknown = at(JSON.parse(String(inputs.dashboardBody)), 'widgets');
    expect(Object(widgets).length).toBeGreaterThan(6);
    for (const widget of Object(widgets)) {
      expect(Number(at(widget, 'x')) + Number(at(widget, 'width'))).toBeLessThanOrEqual(24);
      for (const line of Object(at(widget, 'properties', 'metrics'))) expect(line.length % 2).toBe(0);
    }
  });
});
