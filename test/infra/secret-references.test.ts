import { beforeAll, describe, expect, it } from 'vitest';
import { referencedArns } from '#infra/cli/doctor/referenced-arns.ts';
import { ProgramFailed, type Recording, record } from '#infra/cli/plan/record.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import { readVariables, referencesIn } from '#infra/cli/release/stack-parameters.ts';
import { RULES } from '#infra/policies/rules.ts';
import { InvalidSettings } from '#infra/settings/problems.ts';
import { readSettings } from '#infra/settings/read.ts';
import { FakeAccount } from '../fakes/aws/account.ts';
import { ENCRYPTED, environmentConfig, SHARED_CONFIG, WITH_ALL } from './configurations.ts';
import { at } from './graph.ts';
import { allows, permissionsOf, statementsOf } from './iam.ts';

const SECRET = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:comms/openai/whatsapp-staging-AbC1d2';
const TWILIO = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:comms/twilio-x9Y8z7';
const PARAMETER = 'arn:aws:ssm:us-west-2:123456789012:parameter/shared/verify-token';
const KEY = 'arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555';
const ARNS = [SECRET, TWILIO, PARAMETER, KEY];
const NAMES = ['comms/openai/whatsapp-staging', 'comms/twilio'].map(
  (name) => `arn:aws:ssm:us-west-2:123456789012:parameter/aws/reference/secretsmanager/${name}`,
);
const REFERENCES = {
  OPENAI_API_KEY: SECRET,
  TWILIO_AUTH_TOKEN: `${TWILIO}:twilio_auth_token::`,
  TWILIO_ACCOUNT_SID: `${TWILIO}:twilio_account_sid::`,
  META_WEBHOOK_VERIFY_TOKEN: PARAMETER,
  ADMIN_TOKEN: PARAMETER,
};
const REFERRING = {
  secretReferences: JSON.stringify(REFERENCES),
  secretKeyArns: JSON.stringify([KEY]),
  META_WEBHOOK_VERIFY_TOKEN: undefined,
  ADMIN_TOKEN: undefined,
};
const PLAIN = {
  ASSISTANT: 'openai',
  OPENAI_MODEL: 'gpt-5',
  TWILIO_WHATSAPP_NUMBER: '+14155238886',
  PUBLIC_URL: 'https://a.example',
};
const encrypted = ENCRYPTED.filter((key) => !/VERIFY_TOKEN|ADMIN_TOKEN/.test(key));

const secretsOf = (list: unknown) =>
  Object.fromEntries(
    (Array.isArray(list) ? list : []).map((entry: unknown) => [at(entry, 'name'), at(entry, 'valueFrom')]),
  );
const one = ({ resources }: Recording, type: string) =>
  resources.find((resource) => resource.type.endsWith(`:${type}`))?.inputs;

describe('secrets that exist already', () => {
  let shared: Recording;
  const stacks = new Map<string, Recording>();
  const of = (name: string) => {
    const recording = stacks.get(name);
    if (recording === undefined) throw new Error(`${name} was not recorded`);
    return recording;
  };
  const environment = (more: Record<string, string | undefined>, outputs = shared.outputs) =>
    record({
      stack: 'staging',
      config: environmentConfig({ ...REFERRING, ...more }, PLAIN),
      encrypted,
      references: { shared: outputs },
    });

  beforeAll(async () => {
    const config = { ...SHARED_CONFIG, 'ansari-whatsapp:stagingSecretArns': JSON.stringify(ARNS) };
    shared = await record({ stack: 'shared', config });
    const [apprunner, express] = await Promise.all([
      environment({}),
      environment({ ...WITH_ALL['ecs-express'], compute: 'ecs-express', worker: 'fargate' }),
    ]);
    stacks.set('apprunner', apprunner);
    stacks.set('express', express);
  });

  it('reach the web service and the tasks by their ARNs, and have no parameters', () => {
    const { ADMIN_TOKEN: _, ...ofBoth } = REFERENCES;
    const onAppRunner = at(
      one(of('apprunner'), 'Service'),
      'sourceConfiguration',
      'imageRepository',
      'imageConfiguration',
      'runtimeEnvironmentSecrets',
    );
    expect(onAppRunner).toMatchObject(REFERENCES);
    const service = one(of('express'), 'ExpressGatewayService');
    expect(secretsOf(at(service, 'primaryContainer', 'secrets'))).toMatchObject(REFERENCES);
    const task: unknown = JSON.parse(String(one(of('express'), 'TaskDefinition')?.containerDefinitions));
    expect(secretsOf(at(task, 0, 'secrets'))).toMatchObject(ofBoth);
    expect(secretsOf(at(task, 0, 'secrets'))).not.toHaveProperty('ADMIN_TOKEN');
    for (const { resources } of stacks.values())
      expect(resources.map(({ name }) => name)).not.toContain('openai-api-key');
  });

  it('reach the function by their names in Parameter Store', () => {
    expect(at(one(of('apprunner'), 'Function'), 'environment', 'variables')).toMatchObject({
      OPENAI_API_KEY: 'ssm:/aws/reference/secretsmanager/comms/openai/whatsapp-staging',
      TWILIO_AUTH_TOKEN: 'ssm:/aws/reference/secretsmanager/comms/twilio#twilio_auth_token',
      TWILIO_ACCOUNT_SID: 'ssm:/aws/reference/secretsmanager/comms/twilio#twilio_account_sid',
      META_WEBHOOK_VERIFY_TOKEN: 'ssm:/shared/verify-token',
    });
  });

  it.each([
    ['apprunner', 'web', false],
    ['apprunner', 'worker', true],
    ['express', 'web-start', false],
    ['express', 'worker-start', false],
  ])('are read by exactly their ARNs: %s, %s', (stack, role, byName) => {
    const permissions = permissionsOf(of(stack), `ansari-whatsapp-staging-${role}`);
    const found = (Sid: string) => permissions.find((statement) => statement.Sid === Sid);
    expect(found('ReadSecrets')).toMatchObject({
      Action: ['secretsmanager:GetSecretValue'],
      Resource: expect.toSatisfy(
        (arns: string[]) => arns.toSorted().join() === [SECRET, TWILIO].sort().join(),
      ),
    });
    expect(found('ReadOtherParameters')).toMatchObject({
      Action: ['ssm:GetParameters'],
      Resource: [PARAMETER],
    });
    expect(found('DecryptSecrets')).toMatchObject({
      Action: ['kms:Decrypt'],
      Resource: [KEY],
      Condition: {
        StringEquals: {
          'kms:ViaService': ['secretsmanager.us-west-2.amazonaws.com', 'ssm.us-west-2.amazonaws.com'],
        },
      },
    });
    expect(found('NameSecrets')?.Resource.toSorted()).toEqual(byName ? NAMES.toSorted() : undefined);
    // What ECS runs with reads none of them.
    if (stack === 'express')
      for (const running of ['web-task', 'worker-task'])
        expect(
          allows(
            permissionsOf(of(stack), `ansari-whatsapp-staging-${running}`),
            'secretsmanager:GetSecretValue',
            SECRET,
          ),
        ).toBe(false);
  });

  it('are within the boundary of their environment, and not of the other', () => {
    const boundary = (name: string) => {
      const policy = shared.resources.find(
        (resource) => resource.name === `${name}-boundary` && resource.custom,
      );
      return policy === undefined ? [] : statementsOf(shared, policy);
    };
    const reading: [string, string][] = [
      ['secretsmanager:GetSecretValue', SECRET],
      ['secretsmanager:GetSecretValue', TWILIO],
      ['ssm:GetParameters', PARAMETER],
      ...NAMES.map((name): [string, string] => ['ssm:GetParameters', name]),
      ['kms:Decrypt', KEY],
    ];
    for (const [action, arn] of reading) {
      expect(allows(boundary('staging'), action, arn), `${action} on ${arn}`).toBe(true);
      expect(allows(boundary('production'), action, arn), `${action} on ${arn}`).toBe(false);
    }
  });

  it('follow every rule of the policies', () => {
    for (const recording of [shared, ...stacks.values()])
      for (const resource of recording.resources.filter(({ type }) => /^aws:iam\/(role)?policy:/i.test(type)))
        for (const { name, check } of RULES.filter(({ name }) => !name.includes('tag')))
          expect(
            check({ ...resource, stack: recording.stack, tags: {} }),
            `${name}: ${resource.name}`,
          ).toEqual([]);
  });

  it('are refused before anything is created where the boundary does not allow them', async () => {
    const outputs = { ...shared.outputs, secretArns: { staging: [SECRET, PARAMETER], production: ARNS } };
    const failure: unknown = await environment({}, outputs).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProgramFailed);
    expect(String(failure)).toContain(
      `pulumi config set --path 'stagingSecretArns[2]' ${TWILIO} --stack shared && pulumi up --stack shared`,
    );
    expect(String(failure)).toContain(`pulumi config set --path 'stagingSecretArns[3]' ${KEY}`);
    expect(String(failure)).not.toContain(`${SECRET} is not`);
    // A shared stack from before them has no such output.
    const { secretArns: _, ...older } = shared.outputs;
    await expect(environment({}, older)).rejects.toThrow(
      'is not among the secrets and keys that staging may read',
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a name', { OPENAI_API_KEY: 'comms/openai' }, 'secretReferences.OPENAI_API_KEY must be the whole ARN'],
    ['an ARN without its end', { OPENAI_API_KEY: SECRET.slice(0, -7) }, 'must be the whole ARN'],
    ['a version', { OPENAI_API_KEY: `${SECRET}:key:AWSPREVIOUS:` }, 'must be the whole ARN'],
    ['a key of a parameter', { OPENAI_API_KEY: `${PARAMETER}:key::` }, 'must be the whole ARN'],
    [
      'another region',
      { OPENAI_API_KEY: SECRET.replace('us-west-2', 'eu-west-1') },
      'is in eu-west-1, and the stack in us-west-2',
    ],
    [
      'another account',
      { OPENAI_API_KEY: SECRET.replace('123456789012', '210987654321') },
      'is in account 210987654321',
    ],
    [
      'no variable',
      { OPENAI_KEY: SECRET },
      'secretReferences.OPENAI_KEY is not a variable of the application',
    ],
    ['a variable of the stack', { STORE: SECRET }, 'secretReferences.STORE is set by the infrastructure'],
    [
      'a variable with a value',
      { META_APP_SECRET: SECRET },
      'secretReferences.META_APP_SECRET has a value too',
    ],
    ['no text', { OPENAI_API_KEY: [1] }, 'secretReferences.OPENAI_API_KEY must be one value'],
  ])('are refused with the command that fixes them: %s', (_, references, message) => {
    const values = environmentConfig({
      accountId: '123456789012',
      secretReferences: JSON.stringify(references),
    });
    const read = () => readSettings({ stack: 'staging', values, exists: () => true });
    expect(read).toThrow(InvalidSettings);
    expect(read).toThrow(message);
    expect(read).toThrow(/pulumi config (rm|set) --path secretReferences\./);
  });

  it('are what the doctor compares with the boundary', () => {
    const values = new Map(Object.entries(REFERRING));
    expect([...new Set(referencedArns((key) => values.get(key), 'us-west-2'))].sort()).toEqual(
      [...ARNS].sort(),
    );
    expect(referencedArns(() => undefined, 'us-west-2')).toEqual([]);
  });
});

it('commands find secrets by the references of the stack', () => {
  expect(referencesIn(JSON.stringify({ ...REFERENCES, STORE: 'no ARN' }), 'us-west-2')).toEqual({
    OPENAI_API_KEY: 'ssm:/aws/reference/secretsmanager/comms/openai/whatsapp-staging',
    TWILIO_AUTH_TOKEN: 'ssm:/aws/reference/secretsmanager/comms/twilio#twilio_auth_token',
    TWILIO_ACCOUNT_SID: 'ssm:/aws/reference/secretsmanager/comms/twilio#twilio_account_sid',
    META_WEBHOOK_VERIFY_TOKEN: 'ssm:/shared/verify-token',
    ADMIN_TOKEN: 'ssm:/shared/verify-token',
  });
  expect(referencesIn(undefined, 'us-west-2')).toEqual({});
});

describe('the values of a stack for a command', () => {
  const references = {
    OWN: 'ssm:/stack/own',
    ABSENT: 'ssm:/stack/absent',
    SECRET: 'ssm:/aws/reference/a#key',
  };
  const named = { SECRET: references.SECRET, OTHER: 'ssm:/aws/reference/b' };
  const read = async (isAllowed: boolean) => {
    const lines: string[] = [];
    const values = { '/stack/own': 'of the stack', '/aws/reference/a': '{"key":"of the secret"}' };
    const parameters = new FakeAccount();
    await parameters.start();
    for (const [name, value] of Object.entries(values)) parameters.parameters.set(name, value);
    const { ssm } = openAws(parameters.access);
    const send = ssm.send.bind(ssm);
    const refusing = Object.assign(ssm, {
      send: ((command: { input: { Names: string[] } }) =>
        !isAllowed && command.input.Names.some((name) => name.startsWith('/aws/'))
          ? Promise.reject(
              Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' }),
            )
          : send(command as never)) as typeof ssm.send,
    });
    const found = await readVariables(references, named, refusing, (line) => lines.push(line));
    await parameters.close();
    return { found, lines };
  };

  it('hold the secrets that it refers to', async () => {
    expect(await read(true)).toEqual({
      found: { OWN: 'of the stack', SECRET: 'of the secret' },
      lines: [],
    });
  });

  it('lack those that the credentials may not read, which is said', async () => {
    const { found, lines } = await read(false);
    expect(found).toEqual({ OWN: 'of the stack' });
    expect(lines).toEqual([expect.stringContaining('Secrets that the stack refers to cannot be read')]);
  });
});
