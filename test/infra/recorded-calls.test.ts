/** Compares the recorded calls of the provider and Pulumi with the permissions of the role that runs them. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RECORDINGS_FOLDER, type RecordedCall, recordedCalls } from '#infra/deploy-permissions/recorded.ts';
import { ENVIRONMENTS as STACKS } from '#infra/names.ts';
import { stateKey } from './configurations.ts';
import { at, ENVIRONMENTS, RECORDINGS } from './graph.ts';
import { permissionsOf, permits } from './iam.ts';

type Environment = (typeof STACKS)[number];
type Phase = RecordedCall['in'][number];

const NAMES = readdirSync(RECORDINGS_FOLDER)
  .map((file) => file.replace('.jsonl', ''))
  .filter((name) => name !== 'shared');

/** Both environments have the same calls, apart from names and deletions. */
const CASES = NAMES.flatMap((name) => STACKS.map((environment) => [name, environment] as const));

/** Returns the calls of these commands with the names of this environment. */
function callsOf(name: string, environment: Environment, phases: readonly Phase[]): readonly RecordedCall[] {
  const [recorded = ''] = name.split('-');
  const calls = recordedCalls(name).calls.filter((call) => call.in.some((phase) => phases.includes(phase)));
  const text = JSON.stringify(calls)
    .replaceAll(recorded, environment)
    .replaceAll(/[^"]*:key\/\{([^}]+)\}/g, (_, key) => keyNamed(key));
  return JSON.parse(text);
}

/** `state-staging` is the key of its secrets in the state, `secrets-staging` that of its parameters. */
function keyNamed(name: string): string {
  const [of, stack = ''] = name.split('-');
  if (of === 'alias') return 'arn:aws:kms:us-west-2:123456789012:key/00000000-aws';
  return of === 'state' ? stateKey(stack) : String(at(RECORDINGS.shared.outputs, 'keyArns', stack));
}

function refused(role: string, calls: readonly RecordedCall[]): string[] {
  const permissions = permissionsOf(RECORDINGS.shared, `ansari-whatsapp-${role}`);
  return calls
    .filter((call) => !permits(permissions, call))
    .map(({ action, resource, context }) => `${action} ${resource} ${JSON.stringify(context)}`);
}

describe('the recorded calls are allowed', () => {
  it.each(CASES)('%s: a deployment of %s', (name, environment) => {
    const calls = callsOf(name, environment, [
      ...(['up', 'again', 'change', 'preview', 'refresh'] as const),
      // Only an administrator can destroy production.
      ...(environment === 'staging' ? (['destroy'] as const) : []),
    ]);
    expect(calls.length).toBeGreaterThan(100);
    expect(refused(`deploy-${environment}`, calls)).toEqual([]);
  });

  it.each(CASES)('%s: npm run drift of %s', (name, environment) => {
    const calls = callsOf(name, environment, ['compare']);
    expect(calls.length).toBeGreaterThan(30);
    expect(refused(`drift-${environment}`, calls)).toEqual([]);
  });

  it.each(NAMES)(
    '%s: npm run drift decrypts no secret, and compares parameters without their values',
    (name) => {
      const actions = callsOf(name, 'staging', ['compare']).map(({ action }) => action);
      expect(actions).toContain('ssm:DescribeParameters');
      expect(actions.filter((action) => /^(kms:|ssm:Get|secretsmanager:)/.test(action))).toEqual([]);
    },
  );

  it('deletes no resource with data in production', () => {
    const calls = callsOf('staging-apprunner', 'production', ['destroy']);
    expect(refused('deploy-production', calls).map((call) => call.split(' ', 1)[0])).toEqual(
      expect.arrayContaining(['dynamodb:DeleteTable', 'sqs:DeleteQueue']),
    );
  });
});

describe('the recordings', () => {
  it.each(NAMES)('replace a role whose trust policy changed, and update none: %s', (name) => {
    const { calls } = recordedCalls(name);
    expect(calls.filter(({ action }) => action === 'iam:UpdateAssumeRolePolicy')).toEqual([]);
    const made = calls.filter((call) => call.action === 'iam:CreateRole' && call.in.includes('change'));
    expect(made.map(({ resource }) => resource)).toContainEqual(
      expect.stringMatching(/:role\/.+-worker(-task)?$/),
    );
  });

  it.each(ENVIRONMENTS)('contain every type of resource in the program: %s', (name) => {
    const recorded = new Set(NAMES.flatMap((recorded) => recordedCalls(recorded).types));
    const made = new Set(
      RECORDINGS[name].resources.map(({ type }) => type).filter((type) => /^awsx?:/.test(type)),
    );
    // npx vitest run --project engines test/engines/rights.test.ts -u
    expect([...made].filter((type) => !recorded.has(type))).toEqual([]);
  });

  it('contain every type of resource in the stack shared', () => {
    const types = recordedCalls('shared').types;
    const made = new Set(
      RECORDINGS.shared.resources.map(({ type }) => type).filter((type) => /^awsx?:/.test(type)),
    );
    expect([...made].filter((type) => !types.includes(type))).toEqual([]);
  });
});
