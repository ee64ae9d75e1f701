import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { record } from '#infra/cli/plan/record.ts';
import { ENVIRONMENTS } from '#infra/names.ts';
import { SHARED_CONFIG } from './configurations.ts';
import { at, ofType, one, RECORDINGS } from './graph.ts';
import { statementsOf } from './iam.ts';

const ROLE = 'aws:iam/role:Role';

function trustOf(role: string) {
  const [statement, ...others] = statementsOf(RECORDINGS.shared, one('shared', ROLE, role));
  if (statement === undefined || others.length > 0)
    throw new Error(`${role} is trusted in ${others.length + 1} ways`);
  return statement;
}

describe('the registry', () => {
  const { inputs, protect } = one('shared', 'awsx:ecr:Repository', 'registry');

  it('scans pushed images, and is protected', () => {
    expect(inputs).toMatchObject({
      name: 'ansari-whatsapp',
      imageScanningConfiguration: { scanOnPush: true },
    });
    expect(protect).toBe(true);
  });

  it('has immutable tags, except those of the environments and of attestations', () => {
    expect(inputs.imageTagMutability).toBe('IMMUTABLE_WITH_EXCLUSION');
    expect(inputs.imageTagMutabilityExclusionFilters).toEqual(
      ['staging', 'production', 'sha256-*'].map((filter) => ({ filter, filterType: 'WILDCARD' })),
    );
  });

  it('evaluates the rules for deployed images before images expire', () => {
    const rules: unknown = at(inputs, 'lifecyclePolicy', 'rules');
    expect([at(rules, 0, 'tagPrefixList'), at(rules, 1, 'tagPrefixList')]).toEqual([
      ['staging'],
      ['production'],
    ]);
    for (const retain of [0, 1]) {
      expect(at(rules, retain, 'maximumAgeLimit')).toBeUndefined();
      expect(at(rules, retain, 'maximumNumberOfImages')).toBeGreaterThan(1);
    }
  });
});

describe('roles for workflows', () => {
  const names = (job: string) => [`repo:example/ansari:${job}`, `repo:example@4711/ansari@815:${job}`];

  it.each([
    ['ansari-whatsapp-deploy-staging', names('environment:staging')],
    ['ansari-whatsapp-deploy-production', names('environment:production')],
    ['ansari-whatsapp-drift-staging', names('environment:drift-staging')],
    ['ansari-whatsapp-drift-production', names('environment:drift-production')],
    [
      'ansari-whatsapp-build-push',
      ['develop', 'main'].flatMap((branch) => names(`ref:refs/heads/${branch}`)),
    ],
  ])('%s can be assumed by its jobs only, under both forms of their subject', (role, subjects) => {
    const { Condition, Action } = trustOf(role);
    expect(Action).toEqual(['sts:AssumeRoleWithWebIdentity']);
    expect(Object.keys(Condition)).toEqual(['StringEquals']);
    expect(Condition.StringEquals?.['token.actions.githubusercontent.com:aud']).toEqual([
      'sts.amazonaws.com',
    ]);
    expect(Condition.StringEquals?.['token.actions.githubusercontent.com:sub']?.sort()).toEqual(
      subjects.sort(),
    );
  });

  it('are exactly those that the workflows assume', () => {
    const folder = join(import.meta.dirname, '../../.github/workflows');
    const taken = readdirSync(folder)
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').match(/role-to-assume: .*/g) ?? [])
      .map((line) => line.replace(/^.*:role\//, ''))
      .flatMap((role) =>
        role.includes('${{') ? ENVIRONMENTS.map((name) => role.replace(/\$\{\{.*\}\}/, name)) : [role],
      );
    const made = ofType('shared', ROLE)
      .filter(({ inputs }) => String(inputs.assumeRolePolicy).includes('AssumeRoleWithWebIdentity'))
      .map(({ inputs }) => String(inputs.name));
    expect([...new Set(taken)].sort()).toEqual(made.sort());
  });

  it('use an existing OIDC provider', async () => {
    const githubOidcProviderArn =
      'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    const recording = await record({
      stack: 'shared',
      config: { ...SHARED_CONFIG, 'ansari-whatsapp:githubOidcProviderArn': githubOidcProviderArn },
    });
    expect(recording.resources.filter(({ type }) => type.includes('openIdConnectProvider'))).toEqual([]);
    const role = recording.resources.find(
      ({ type, name }) => type === ROLE && name === 'ansari-whatsapp-build-push',
    );
    expect(role?.inputs.assumeRolePolicy).toContain(githubOidcProviderArn);
  });
});

describe('roles for services', () => {
  it('App Runner may pull images only', () => {
    expect(trustOf('apprunner-access').Principal).toEqual({ Service: ['build.apprunner.amazonaws.com'] });
    const permissions = statementsOf(
      RECORDINGS.shared,
      one('shared', 'aws:iam/rolePolicy:RolePolicy', 'apprunner-access'),
    );
    expect(
      permissions.flatMap(({ Action }) => Action).filter((action) => !action.startsWith('ecr:')),
    ).toEqual([]);
    expect(permissions.flatMap(({ Action }) => Action)).not.toContain('ecr:PutImage');
  });

  it('ECS may assume its role for this account only', () => {
    expect(trustOf('ecs-infrastructure')).toMatchObject({
      Principal: { Service: ['ecs.amazonaws.com'] },
      Condition: { StringEquals: { 'aws:SourceAccount': ['123456789012'] } },
    });
  });
});

describe.each(ENVIRONMENTS)('the alarm topic of %s', (environment) => {
  const name = `${environment}-alarms`;

  it('accepts alarms of this environment only, encrypts them, and sends them to the operators', () => {
    expect(one('shared', 'aws:sns/topic:Topic', name).inputs).toMatchObject({
      name: `ansari-whatsapp-${environment}-alarms`,
      kmsMasterKeyId: expect.stringMatching(/^arn:aws:kms:/),
    });
    const [letIn, refuse] = statementsOf(
      RECORDINGS.shared,
      one('shared', 'aws:sns/topicPolicy:TopicPolicy', name),
    );
    expect(letIn).toMatchObject({
      Effect: 'Allow',
      Condition: {
        StringEquals: { 'aws:SourceAccount': ['123456789012'] },
        ArnLike: {
          'aws:SourceArn': [
            `arn:aws:cloudwatch:us-west-2:123456789012:alarm:ansari-whatsapp-${environment}-*`,
          ],
        },
      },
    });
    expect(refuse).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
    });
    expect(one('shared', 'aws:sns/topicSubscription:TopicSubscription', name).inputs).toMatchObject({
      protocol: 'email',
      endpoint: 'operators@example.org',
    });
  });
});

describe('the budget', () => {
  const BUDGET = 'aws:budgets/budget:Budget';
  const without = async (changes: Readonly<Record<string, string | undefined>>) => {
    const config = Object.fromEntries(
      Object.entries({ ...SHARED_CONFIG, ...changes }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      ),
    );
    return (await record({ stack: 'shared', config })).resources.filter(({ type }) => type === BUDGET);
  };

  it('notifies the operators before the budget is exceeded, and when it is', () => {
    const { inputs } = one('shared', BUDGET, 'budget');
    expect(inputs).toMatchObject({ limitAmount: '200', limitUnit: 'USD', timeUnit: 'MONTHLY' });
    expect(inputs.costTypes).toMatchObject({ includeCredit: false });
    expect(inputs.notifications).toEqual(
      [
        ['FORECASTED', 80],
        ['ACTUAL', 100],
      ].map(([notificationType, threshold]) =>
        expect.objectContaining({
          notificationType,
          threshold,
          subscriberEmailAddresses: ['operators@example.org'],
        }),
      ),
    );
  });

  it('is not created for 0, nor without an address', async () => {
    expect(await without({ 'ansari-whatsapp:monthlyBudgetUsd': '0' })).toEqual([]);
    expect(await without({ 'ansari-whatsapp:alarmEmail': undefined })).toEqual([]);
  });
});

describe('keys', () => {
  it('are one for each environment and one for alarms, rotate every year, and are protected', () => {
    const keys = ofType('shared', 'aws:kms/key:Key');
    expect(keys.map(({ name }) => name).sort()).toEqual(['alarms-key', 'production-key', 'staging-key']);
    for (const { inputs, protect, retainOnDelete } of keys) {
      expect({ ...inputs, protect, retainOnDelete }).toMatchObject({
        enableKeyRotation: true,
        protect: true,
        retainOnDelete: true,
      });
    }
  });
});
