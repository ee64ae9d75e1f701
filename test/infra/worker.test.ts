import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { kebabCase } from '#infra/variables.ts';
import { taskMismatch } from '#infra/worker/task.ts';
import { DIGEST } from './configurations.ts';
import { arnOf, at, ENVIRONMENTS, one, RECORDINGS } from './graph.ts';
import { permissionsOf } from './iam.ts';
import { variablesOf } from './program-variables.ts';
import type { Name } from './record-all.ts';

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

  it('has references to its variables, and not their values', () => {
    const variables = at(worker.inputs, 'environment', 'variables');
    expect(variables).toMatchObject({
      META_ACCESS_TOKEN_FROM_SYS_USER: `ssm:/app-runtime/ansari-whatsapp/${stack}/meta-access-token-from-sys-user`,
      WHATSAPP_QUEUE_URL: `ssm:/app-runtime/ansari-whatsapp/${stack}/whatsapp-queue-url`,
    });
    expect(variables).not.toHaveProperty('ADMIN_TOKEN');
    expect(variables).not.toHaveProperty('AWS_REGION');
  });

  it('works on one conversation for each invocation, and reports failed messages', () => {
    const { inputs } = one(name, 'aws:lambda/eventSourceMapping:EventSourceMapping', 'worker');
    expect(inputs).toMatchObject({
      eventSourceArn: arnOf(one(name, 'aws:sqs/queue:Queue', 'turns')),
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 10 },
      batchSize: 1,
    });
  });

  it('sweeps every minute, and can be invoked by that rule only', () => {
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

  it('writes to a log group with a retention period', () => {
    const logs = one(name, 'aws:cloudwatch/logGroup:LogGroup', 'worker');
    expect(logs.inputs.retentionInDays).toBe(30);
    expect(at(worker.inputs, 'loggingConfig')).toEqual({ logFormat: 'Text', logGroup: logs.inputs.name });
  });

  it('depends on its permissions', () => {
    expect(worker.dependsOn).toContain(one(name, 'aws:iam/rolePolicy:RolePolicy', 'worker').urn);
  });
});

describe('the worker: fargate', () => {
  const name = 'staging with fargate';
  const task = one(name, 'aws:ecs/taskDefinition:TaskDefinition', 'worker');
  const service = one(name, 'aws:ecs/service:Service', 'worker');
  const definitions: unknown = JSON.parse(String(task.inputs.containerDefinitions));
  const container = at(definitions, 0);

  it('is the image of the web service, started as a polling worker', () => {
    expect(task.inputs).toMatchObject({
      family: 'ansari-whatsapp-staging-worker',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: arnOf(one(name, 'aws:iam/role:Role', 'worker-start')),
      taskRoleArn: arnOf(one(name, 'aws:iam/role:Role', 'worker-task')),
    });
    expect(container).toMatchObject({
      image: DIGEST,
      command: ['--enable-source-maps', '/app/index.js', '--worker', '--concurrency', '100'],
      readonlyRootFilesystem: true,
      essential: true,
    });
    const [, command] = readFileSync('Dockerfile', 'utf8').match(/^CMD (.*)$/m) ?? [];
    expect(at(container, 'command')).toEqual(expect.arrayContaining(JSON.parse(command ?? '')));
  });

  it('gets the variables that the worker reads, as references that ECS resolves', () => {
    const secrets = Object(at(container, 'secrets')).map((secret: unknown) => at(secret, 'name'));
    const expected = variablesOf(RECORDINGS['staging on apprunner'], 'worker');
    expect(secrets.toSorted()).toEqual(expected.toSorted());
    const path = 'arn:aws:ssm:us-west-2:123456789012:parameter/app-runtime/ansari-whatsapp/staging/';
    for (const secret of Object(at(container, 'secrets')))
      expect(at(secret, 'valueFrom')).toBe(`${path}${kebabCase(String(at(secret, 'name')))}`);
    expect(at(container, 'environment')).toEqual([
      { name: 'AWS_REGION', value: 'us-west-2' },
      { name: 'CONFIG_REVISION', value: expect.any(String) },
    ]);
  });

  it('has a stop time-out above that of the program, and is healthy once it stayed up', () => {
    const { data } = z.object({ stopTimeout: z.number() }).safeParse(container);
    expect(data?.stopTimeout).toBeGreaterThan(10);
    expect(at(container, 'healthCheck', 'interval')).toBe(10);
    expect(service.inputs).toMatchObject({
      desiredCount: 1,
      launchType: 'FARGATE',
      deploymentMinimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      waitForSteadyState: true,
      networkConfiguration: { assignPublicIp: true, securityGroups: [] },
    });
    expect(service.dependsOn).toEqual(
      expect.arrayContaining([
        one(name, 'aws:iam/rolePolicy:RolePolicy', 'worker-start').urn,
        one(name, 'aws:iam/rolePolicy:RolePolicy', 'worker-task').urn,
      ]),
    );
  });

  it('has the permissions of the Lambda function, except reading parameters', () => {
    const actionsOf = (recording: Name, role: string) =>
      permissionsOf(RECORDINGS[recording], `ansari-whatsapp-staging-${role}`).flatMap(({ Action }) => Action);
    const own = actionsOf(name, 'worker-task');
    expect(own).not.toContain('ssm:GetParameters');
    const ofLambda = actionsOf('staging on apprunner', 'worker');
    expect(
      [...new Set([...own, ...actionsOf(name, 'worker-start')])].filter((it) => !/^ecr:/.test(it)).sort(),
    ).toEqual([...new Set(ofLambda)].filter((action) => !action.startsWith('xray:')).sort());
  });

  it('sweeps by itself, and has no resources of Lambda', () => {
    const types = RECORDINGS[name].resources.map(({ type }) => type);
    expect(types.filter((type) => /lambda|eventRule|eventTarget/.test(type))).toEqual([]);
  });

  it('has an alarm for no running task, on the samples of a metric that every service has', () => {
    const { inputs } = one(name, 'aws:cloudwatch/metricAlarm:MetricAlarm', 'worker-silent');
    expect(inputs).toMatchObject({
      namespace: 'AWS/ECS',
      metricName: 'CPUUtilization',
      statistic: 'SampleCount',
      dimensions: {
        ClusterName: 'ansari-whatsapp-staging',
        ServiceName: 'ansari-whatsapp-staging-worker',
      },
      treatMissingData: 'breaching',
    });
  });

  it('keeps the queue, the tables, the parameters and the log when it replaces a Lambda function', () => {
    const stays = (recording: Name) =>
      RECORDINGS[recording].resources
        .filter(({ type }) => /dynamodb|sqs|ssm|logGroup/.test(type))
        // Both are in the URN that a real engine gives.
        .map(({ parent, urn }) => `${parent} ${urn}`)
        .sort();
    expect(stays(name)).toEqual(stays('staging on apprunner'));
  });

  it('reports tasks other than the requested ones', () => {
    const arn = 'arn:aws:ecs:us-west-2:123456789012:task-definition/ansari-whatsapp-staging-worker';
    expect(taskMismatch(`${arn}:2`, `${arn}:2`)).toBeUndefined();
    expect(taskMismatch(`${arn}:2`, `${arn}:1`)).toContain(
      'still runs ansari-whatsapp-staging-worker:1, not ansari-whatsapp-staging-worker:2',
    );
  });
});
