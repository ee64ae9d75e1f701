import { describe, expect, it } from 'vitest';
import { kebabCase, VARIABLES } from '#infra/variables.ts';
import { WORKER_TIMEOUT_SECONDS } from '#infra/worker/lambda.ts';
import { PLAIN, SECRETS } from './configurations.ts';
import { arnOf, at, ENVIRONMENTS, ofType, one, RECORDINGS } from './graph.ts';

describe.each(ENVIRONMENTS)('%s', (name) => {
  const { stack } = RECORDINGS[name];
  const inProduction = stack === 'production';

  it('has three tables: on demand, with point-in-time recovery and time to live', () => {
    const tables = ofType(name, 'aws:dynamodb/table:Table');
    expect(tables.map(({ inputs }) => inputs.name).sort()).toEqual(
      ['conversations', 'stage', 'trigger-lock'].map((table) => `ansari-whatsapp-${stack}-${table}`),
    );
    for (const { inputs } of tables) {
      expect(inputs).toMatchObject({
        billingMode: 'PAY_PER_REQUEST',
        ttl: { attributeName: 'expires_at', enabled: true },
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: inProduction,
      });
      // Absent: DynamoDB's own key, which needs no permission of KMS.
      expect(inputs).not.toHaveProperty('serverSideEncryption');
      const declared = Object(inputs.attributes).map((attribute: unknown) => at(attribute, 'name'));
      const index = at(inputs, 'globalSecondaryIndexes', 0);
      const used = [inputs.hashKey, inputs.rangeKey, at(index, 'hashKey'), at(index, 'rangeKey')];
      expect(declared.sort()).toEqual(used.filter((key) => key !== undefined).sort());
    }
  });

  it('protects resources with data in production, and not in staging', () => {
    const holding = [...ofType(name, 'aws:dynamodb/table:Table'), ...ofType(name, 'aws:sqs/queue:Queue')];
    expect(holding).toHaveLength(7);
    for (const { protect, retainOnDelete } of holding)
      expect({ protect, retainOnDelete }).toEqual({ protect: inProduction, retainOnDelete: inProduction });
  });

  it("has a visibility timeout of six times the worker's time-out, and a dead-letter queue", () => {
    const queue = one(name, 'aws:sqs/queue:Queue', 'turns');
    const dead = one(name, 'aws:sqs/queue:Queue', 'turns-dead');
    expect(queue.inputs.visibilityTimeoutSeconds).toBe(6 * WORKER_TIMEOUT_SECONDS);
    const redrive: unknown = JSON.parse(String(queue.inputs.redrivePolicy));
    expect(at(redrive, 'deadLetterTargetArn')).toBe(arnOf(dead));
    expect(at(redrive, 'maxReceiveCount')).toBeGreaterThanOrEqual(5);
    expect(Number(dead.inputs.messageRetentionSeconds)).toBeGreaterThan(
      Number(queue.inputs.messageRetentionSeconds),
    );
  });

  it('keeps hand-offs for 14 days, encrypted with the key of the environment, and those that fail beside them', () => {
    const queue = one(name, 'aws:sqs/queue:Queue', 'hand-offs');
    const dead = one(name, 'aws:sqs/queue:Queue', 'hand-offs-dead');
    for (const { inputs } of [queue, dead]) {
      expect(inputs.messageRetentionSeconds).toBe(14 * 86_400);
      expect(inputs.kmsMasterKeyId).toBe(at(RECORDINGS.shared.outputs, 'keyArns', stack));
    }
    const redrive: unknown = JSON.parse(String(queue.inputs.redrivePolicy));
    expect(at(redrive, 'deadLetterTargetArn')).toBe(arnOf(dead));
    const { outputs } = RECORDINGS[name];
    expect(outputs.handOffQueueUrl).toMatch(new RegExp(`/ansari-whatsapp-${stack}-hand-offs$`));
    expect(one(name, 'aws:ssm/parameter:Parameter', 'handoff-queue-url').inputs.insecureValue).toBe(
      outputs.handOffQueueUrl,
    );
  });

  it('has a parameter for each variable that has a value: set, its own, or a default', () => {
    const parameters = ofType(name, 'aws:ssm/parameter:Parameter');
    const values = new Map(parameters.map(({ inputs }) => [inputs.name, inputs.insecureValue]));
    const set = { ...PLAIN, ...SECRETS, ...(name.endsWith('apprunner') ? { PUBLIC_URL: 'https://…' } : {}) };
    const expected = VARIABLES.filter(
      (variable) => variable.setBy === 'infra' || variable.default !== undefined || variable.name in set,
    );
    expect([...values.keys()].sort()).toEqual(
      expected.map((variable) => `/app-runtime/ansari-whatsapp/${stack}/${kebabCase(variable.name)}`).sort(),
    );
    for (const variable of expected.filter(({ name, setBy }) => setBy === undefined && !(name in set)))
      expect(values.get(`/app-runtime/ansari-whatsapp/${stack}/${kebabCase(variable.name)}`)).toBe(
        variable.default,
      );
  });

  it('overwrites existing parameters', () => {
    for (const { inputs } of ofType(name, 'aws:ssm/parameter:Parameter')) expect(inputs.overwrite).toBe(true);
  });

  it('writes secrets write-only, with the key of the environment', () => {
    for (const variable of Object.keys(SECRETS)) {
      const { inputs } = one(name, 'aws:ssm/parameter:Parameter', kebabCase(variable));
      expect(inputs).toMatchObject({
        type: 'SecureString',
        keyId: at(RECORDINGS.shared.outputs, 'keyArns', stack),
        valueWo: '[secret]',
      });
      expect(inputs).not.toHaveProperty('value');
      expect(Number.isInteger(inputs.valueWoVersion)).toBe(true);
    }
    expect(one(name, 'aws:ssm/parameter:Parameter', 'store').inputs).toMatchObject({
      type: 'String',
      insecureValue: 'dynamodb',
    });
    expect(one(name, 'aws:ssm/parameter:Parameter', 'deployment-type').inputs.insecureValue).toBe(stack);
  });
});
