import { describe, expect, it } from 'vitest';
import { arnOf, at, ENVIRONMENTS, one, RECORDINGS } from './graph.ts';

describe.each(ENVIRONMENTS)('the worker: %s', (name) => {
  const { stack } = RECORDINGS[name];
  const worker = one(name, 'aws:lambda/function:Function', 'worker');

  it('is the bundle on Node 24', () => {
    expect(worker.inputs).toMatchObject({
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      memorySize: 512,
      timeout: 600,
      handler: 'index.handler',
    });
    expect(worker.inputs.code).toMatch(/test\/infra\/bundle\]$/);
  });

  it('is told where its variables are, and not what they are', () => {
    const variables = at(worker.inputs, 'environment', 'variables');
    expect(variables).toMatchObject({
      META_ACCESS_TOKEN_FROM_SYS_USER: `ssm:/app-runtime/ansari-whatsapp/${stack}/meta-access-token-from-sys-user`,
      WHATSAPP_QUEUE_URL: `ssm:/app-runtime/ansari-whatsapp/${stack}/whatsapp-queue-url`,
    });
    expect(variables).not.toHaveProperty('ADMIN_TOKEN');
    expect(variables).not.toHaveProperty('AWS_REGION');
  });

  it('takes wake-ups in small batches, and gives back only those that failed', () => {
    const { inputs } = one(name, 'aws:lambda/eventSourceMapping:EventSourceMapping', 'worker');
    expect(inputs).toMatchObject({
      eventSourceArn: arnOf(one(name, 'aws:sqs/queue:Queue', 'turns')),
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 10 },
    });
    expect(Number(inputs.batchSize)).toBeLessThanOrEqual(10);
  });

  it('sweeps every minute, and is called by that rule alone', () => {
    const rule = one(name, 'aws:cloudwatch/eventRule:EventRule', 'worker-sweep');
    expect(rule.inputs.scheduleExpression).toBe('rate(1 minute)');
    expect(one(name, 'aws:lambda/permission:Permission', 'worker-sweep').inputs).toMatchObject({
      principal: 'events.amazonaws.com',
      sourceArn: `arn:aws:events:us-west-2:123456789012:rule/${rule.inputs.name}`,
    });
    expect(one(name, 'aws:cloudwatch/eventTarget:EventTarget', 'worker-sweep').inputs).toMatchObject({
      rule: rule.inputs.name,
      arn: arnOf(worker),
    });
  });

  it('writes its lines where they end one day', () => {
    const logs = one(name, 'aws:cloudwatch/logGroup:LogGroup', 'worker');
    expect(logs.inputs.retentionInDays).toBe(30);
    expect(at(worker.inputs, 'loggingConfig')).toEqual({ logFormat: 'Text', logGroup: logs.inputs.name });
  });

  it('waits for its rights', () => {
    expect(worker.dependsOn).toContain(one(name, 'aws:iam/rolePolicy:RolePolicy', 'worker').urn);
  });
});
