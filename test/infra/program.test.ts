import { describe, expect, it } from 'vitest';
import { ProgramFailed, record } from '#infra/cli/plan/record.ts';
import {
  ENCRYPTED,
  environmentConfig,
  OPERATOR_ROLES,
  PLAIN,
  SECRETS,
  SHARED_CONFIG,
  WITH_ALL,
} from './configurations.ts';
import { at, ENVIRONMENTS, one, RECORDINGS, STACKS } from './graph.ts';

const references = { shared: RECORDINGS.shared.outputs };

function staging(config = environmentConfig(), encrypted: readonly string[] = ENCRYPTED) {
  return record({ stack: 'staging', config, encrypted, references });
}

describe('the program, run as Pulumi runs it', () => {
  it.each(ENVIRONMENTS)('returns the outputs of an environment: %s', (name) => {
    expect(Object.keys(RECORDINGS[name].outputs)).toEqual(
      expect.arrayContaining([
        'url',
        'webhookUrl',
        'image',
        'serviceArn',
        'queueUrl',
        'deadLetterQueueUrl',
        'handOffQueueUrl',
        'dashboardUrl',
      ]),
    );
    expect(RECORDINGS[name].outputs.webhookUrl).toBe(`${RECORDINGS[name].outputs.url}/whatsapp/v2`);
  });

  it('queues no hand-offs where they are posted to a webhook', async () => {
    const posting = environmentConfig({
      environment: JSON.stringify({ ...PLAIN, HANDOFF_WEBHOOK_URL: 'https://desk.example.org/hand-offs' }),
      HANDOFF_WEBHOOK_SECRET: 'f1d2d2f924e986ac86fdf7b36c94bcdf32beec15a0c4e1d7',
    });
    const { resources } = await staging(posting, [...ENCRYPTED, 'ansari-whatsapp:HANDOFF_WEBHOOK_SECRET']);
    const names = resources.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['handoff-webhook-url', 'handoff-webhook-secret', 'hand-offs']),
    );
    expect(names).not.toContain('handoff-queue-url');
    expect(JSON.stringify(resources)).not.toContain('SendHandOffs');
  });

  it.each(STACKS)('writes no secret into inputs, outputs or logs: %s', (name) => {
    const seen = JSON.stringify(RECORDINGS[name]);
    for (const secret of Object.values(SECRETS)) expect(seen).not.toContain(secret);
  });

  it.each(STACKS)('registers every resource with one provider, tags, a region and a parent: %s', (name) => {
    const { resources } = RECORDINGS[name];
    const made = resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:'));
    expect(new Set(made.map(({ provider }) => provider.includes('::pulumi:providers:aws::aws::')))).toEqual(
      new Set([true]),
    );
    expect(resources.filter(({ parent, type }) => parent === '' && type !== 'pulumi:pulumi:Stack')).toEqual(
      [],
    );
  });

  it('registers nothing with an invalid configuration, and reports every problem without secrets', async () => {
    const config = environmentConfig({
      META_APP_SECRET: undefined,
      image: 'ansari-whatsapp:latest',
      wokrerBundle: 'x',
    });
    const encrypted = ENCRYPTED.filter((key) => !key.endsWith(':META_ACCESS_TOKEN_FROM_SYS_USER'));
    const failure = await staging(config, encrypted).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProgramFailed);
    expect(failure).toMatchObject({ registered: 0 });
    expect(String(failure)).toContain('pulumi config set --secret META_APP_SECRET --stack staging');
    expect(String(failure)).toContain('must be a digest reference');
    expect(String(failure)).toContain('did you mean workerBundle?');
    expect(String(failure)).toContain('plain text');
    expect(String(failure)).not.toContain(SECRETS.META_ACCESS_TOKEN_FROM_SYS_USER);
    expect(String(failure)).not.toContain('at ');
  });

  it('registers nothing in an environment whose account has no shared stack', async () => {
    const failure = await record({
      stack: 'staging',
      config: environmentConfig(),
      encrypted: ENCRYPTED,
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ registered: 0 });
    expect(String(failure)).toContain('the stack shared is not there: pulumi up --stack shared');
  });

  it('registers nothing in another account than the expected one, and reports it', async () => {
    const config = { ...SHARED_CONFIG, 'ansari-whatsapp:accountId': '210987654321' };
    const failure = await record({ stack: 'shared', config, account: '123456789012' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ registered: 0 });
    expect(String(failure)).toContain(
      'these credentials belong to account 123456789012, the stack is in 210987654321',
    );
  });

  it('restricts the provider to the expected account', async () => {
    const recording = await record({
      stack: 'shared',
      config: { ...SHARED_CONFIG, 'ansari-whatsapp:accountId': '210987654321' },
    });
    const provider = recording.resources.find(({ type }) => type === 'pulumi:providers:aws');
    expect(provider?.inputs.allowedAccountIds).toBe('["210987654321"]');
  });
});

describe('changes of the configuration', () => {
  const before = RECORDINGS['staging on apprunner'];
  const changed = (more: Record<string, string>, plain: Record<string, string> = {}) =>
    staging(environmentConfig({ ...WITH_ALL.apprunner, ...more }, plain));
  const revision = (recording: typeof RECORDINGS.shared, program: 'web' | 'worker') =>
    program === 'web'
      ? at(
          recording.resources.find(({ type }) => type === 'aws:apprunner/service:Service')?.inputs,
          ...['sourceConfiguration', 'imageRepository', 'imageConfiguration'],
          ...['runtimeEnvironmentVariables', 'CONFIG_REVISION'],
        )
      : at(
          recording.resources.find(({ type }) => type === 'aws:lambda/function:Function')?.inputs,
          ...['environment', 'variables', 'CONFIG_REVISION'],
        );

  it('a changed secret restarts only the program that reads it', async () => {
    const after = await changed({ ADMIN_TOKEN: 'another-admin-token-of-a-test' });
    expect(revision(after, 'web')).not.toBe(revision(before, 'web'));
    expect(revision(after, 'worker')).toBe(revision(before, 'worker'));
    const version = (recording: typeof before) =>
      recording.resources.find(({ name }) => name === 'admin-token')?.inputs.valueWoVersion;
    expect(version(after)).not.toBe(version(before));
  });

  it('a changed variable restarts only the programs that read it', async () => {
    const [same, after] = await Promise.all([
      changed({ maxSize: '9' }),
      changed({}, { LOGGING_LEVEL: 'debug' }),
    ]);
    expect(revision(same, 'web')).toBe(revision(before, 'web'));
    expect(revision(after, 'web')).not.toBe(revision(before, 'web'));
    expect(revision(after, 'worker')).not.toBe(revision(before, 'worker'));
  });

  it('uses the built image when none is configured', async () => {
    const recording = await staging(environmentConfig({ image: undefined }));
    const image = recording.resources.find(({ type }) => type === 'awsx:ecr:Image');
    expect(image?.inputs).toMatchObject({ platform: 'linux/amd64', imageTag: 'staging' });
    expect(recording.outputs.image).toMatch(/@sha256:/);
  });

  it('leaves an existing role unchanged, and creates a policy with the permissions it needs', async () => {
    const [instanceRoleArn, accessRoleArn] = OPERATOR_ROLES;
    const recording = await staging(environmentConfig({ instanceRoleArn, accessRoleArn }));
    const service = recording.resources.find(({ type }) => type === 'aws:apprunner/service:Service');
    expect(at(service?.inputs, 'instanceConfiguration', 'instanceRoleArn')).toBe(instanceRoleArn);
    expect(at(service?.inputs, 'sourceConfiguration', 'authenticationConfiguration', 'accessRoleArn')).toBe(
      accessRoleArn,
    );
    expect(
      recording.resources.filter(({ type, name }) => type === 'aws:iam/role:Role' && name === 'web'),
    ).toEqual([]);
    const permissions = recording.resources.find(
      ({ type, name }) => type === 'aws:iam/policy:Policy' && name === 'web',
    );
    expect(permissions?.inputs.policy).toContain('sqs:SendMessage');
  });

  it('rejects a role that a deployment may not pass, with the command that allows it', async () => {
    const [instanceRoleArn] = OPERATOR_ROLES;
    const accessRoleArn = 'arn:aws:iam::123456789012:role/Another';
    const failure = await staging(environmentConfig({ instanceRoleArn, accessRoleArn })).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ProgramFailed);
    expect(String(failure)).toContain(`accessRoleArn ${accessRoleArn} is not among the roles`);
    expect(String(failure)).not.toContain('instanceRoleArn');
    expect(String(failure)).toContain(
      `pulumi config set --path 'passableRoleArns[2]' ${accessRoleArn} --stack shared && pulumi up --stack shared`,
    );
  });

  it('leaves an existing role unchanged on ECS too', async () => {
    const [instanceRoleArn] = OPERATOR_ROLES;
    const recording = await staging(environmentConfig({ compute: 'ecs-express', instanceRoleArn }));
    const service = recording.resources.find(({ type }) => type.startsWith('aws:ecs/'));
    expect(service?.inputs.taskRoleArn).toBe(instanceRoleArn);
    const permissions = recording.resources.find(
      ({ type, name }) => type === 'aws:iam/policy:Policy' && name === 'web',
    );
    expect(permissions?.inputs.policy).toContain('sqs:SendMessage');
  });

  it('keeps tables, queue and parameters when the web service moves to the other compute', () => {
    const kept = (name: (typeof ENVIRONMENTS)[number]) =>
      RECORDINGS[name].resources
        .filter(({ type }) => /dynamodb|sqs|ssm/.test(type))
        .map(({ urn }) => urn)
        .filter((urn) => !urn.endsWith('::public-url'))
        .sort();
    expect(kept('production on ecs-express')).toEqual(kept('production on apprunner'));
    expect(
      one('production on apprunner', 'aws:ssm/parameter:Parameter', 'public-url').inputs.insecureValue,
    ).toBe('https://whatsapp.example.org');
  });
});
