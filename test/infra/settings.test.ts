import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidSettings } from '#infra/settings/problems.ts';
import { type RawConfiguration, readSettings } from '#infra/settings/read.ts';
import { missingVariables } from '#infra/variables.ts';
import { environmentConfig, OPERATOR_ROLES, SHARED_CONFIG } from './configurations.ts';

function read(values: Record<string, string>, more: Partial<RawConfiguration> = {}) {
  return readSettings({ stack: 'staging', values, exists: () => true, ...more });
}

function problemsOf(values: Record<string, string>, more: Partial<RawConfiguration> = {}): string {
  try {
    read(values, more);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.problems.join('\n');
    throw error;
  }
  return '';
}

describe('the settings of an environment', () => {
  it('have defaults for every key that does not need an operator', () => {
    expect(read(environmentConfig())).toMatchObject({
      stack: 'staging',
      compute: 'apprunner',
      cpu: 1024,
      memory: 2048,
      minSize: 1,
      tracing: false,
      plain: { META_BUSINESS_PHONE_NUMBER_ID: '100000000000001' },
    });
  });

  it('keep every digit of a long number', () => {
    const environment =
      '{"META_BUSINESS_PHONE_NUMBER_ID": 12345678901234567890, "BACKEND_SERVER_URL": "https://b.example", "WARMUP_CACHE": true}';
    expect(read(environmentConfig({ environment }))).toMatchObject({
      plain: { META_BUSINESS_PHONE_NUMBER_ID: '12345678901234567890', WARMUP_CACHE: 'true' },
    });
  });

  it.each<[string, Record<string, string | undefined>, Record<string, string>, string, string?]>([
    [
      'a missing secret',
      { META_APP_SECRET: undefined },
      {},
      'the secret META_APP_SECRET is missing',
      'pulumi config set --secret META_APP_SECRET --stack staging',
    ],
    ['an empty secret', { META_APP_SECRET: '' }, {}, 'the secret META_APP_SECRET is empty'],
    [
      'an unknown key',
      { colour: 'red' },
      {},
      'there is no key colour',
      'pulumi config rm colour --stack staging',
    ],
    ['a misspelt key', { iamge: 'x' }, {}, 'did you mean image?'],
    ['a misspelt secret', { META_APP_SECERT: 'x' }, {}, 'did you mean META_APP_SECRET?'],
    [
      'a pair that App Runner lacks',
      { cpu: '512', memory: '4096' },
      {},
      'memory 4096 with cpu 512 is not offered by apprunner: 1024 are',
      'pulumi config set memory 1024 --stack staging',
    ],
    ['a CPU that App Runner lacks', { cpu: '1000' }, {}, 'cpu 1000 is not offered by apprunner'],
    [
      'a pair that Fargate lacks',
      { compute: 'ecs-express', cpu: '4096', memory: '4096' },
      {},
      'memory 4096 with cpu 4096 is not offered by ecs-express',
    ],
    [
      'a tag for an image',
      { image: 'ansari-whatsapp:latest' },
      {},
      'image must be a digest reference',
      'got `ansari-whatsapp:latest`',
    ],
    [
      'a short digest',
      { image: `a.example/b@sha256:${'a'.repeat(63)}` },
      {},
      'image must be a digest reference',
    ],
    [
      'an image that App Runner cannot pull',
      { image: `docker.io/a/b@sha256:${'a'.repeat(64)}` },
      {},
      'image must be an image in ECR',
    ],
    ['a blank secret', { META_APP_SECRET: ' \n' }, {}, 'the secret META_APP_SECRET is empty'],
    [
      'a secret that can be guessed',
      { ADMIN_TOKEN: 'hush' },
      {},
      'the secret ADMIN_TOKEN has 4 of at least 16 characters',
      'pulumi config set --secret ADMIN_TOKEN --stack staging',
    ],
    [
      'a development default',
      { META_APP_SECRET: 'development-app-secret' },
      {},
      'the secret META_APP_SECRET is a development default',
    ],
    ['a secret with the end of a line', { ADMIN_TOKEN: 'admin-token-of-a-test\n' }, {}, 'has white space'],
    [
      'an address in the clear',
      {},
      { BACKEND_SERVER_URL: 'http://backend.internal' },
      'environment.BACKEND_SERVER_URL must be an https:// address',
      'pulumi config set --path environment.BACKEND_SERVER_URL <value> --stack staging',
    ],
    [
      'a secret that is longer than a parameter',
      { META_APP_SECRET: 'x'.repeat(4097) },
      {},
      'the secret META_APP_SECRET has 4,097 characters, and Parameter Store allows 4,096',
      'pulumi config set --secret META_APP_SECRET --stack staging',
    ],
    [
      'a variable that is longer than a parameter',
      {},
      { OPENAI_INSTRUCTIONS: 'x'.repeat(5000) },
      'environment.OPENAI_INSTRUCTIONS has 5,000 characters',
      'pulumi config set --path environment.OPENAI_INSTRUCTIONS <value> --stack staging',
    ],
    [
      'a variable that looks like a reference to Parameter Store',
      {},
      { OPENAI_INSTRUCTIONS: 'Call them {{name}}.' },
      'environment.OPENAI_INSTRUCTIONS contains {{ and }}',
    ],
    ['a blank variable', {}, { ORIGINS: ' ' }, 'environment.ORIGINS is empty'],
    ['no folder for the bundle', { workerBundle: '' }, {}, 'workerBundle must be the folder of the bundle'],
    [
      'a malformed role',
      { accessRoleArn: 'arn:aws:iam::1:role/x' },
      {},
      'accessRoleArn must be the ARN of a role',
    ],
    [
      'an unknown compute',
      { compute: 'fargate' },
      {},
      'compute must be apprunner or ecs-express, got `fargate`',
    ],
    [
      'a size that is no number',
      { minSize: 'two' },
      {},
      'minSize must be a whole number from 1 to 25, got `two`',
    ],
    ['an unknown worker', { worker: 'ecs' }, {}, 'worker must be lambda or fargate, got `ecs`'],
    [
      'tasks of a function',
      { workerTasks: '2' },
      {},
      'workerTasks 2 is for worker fargate, worker is lambda',
      'pulumi config rm workerTasks --stack staging',
    ],
    [
      'a subnet that is none',
      { subnets: '["vpc-0123456789abcdef0"]' },
      {},
      'subnets must be a list of ids of subnets',
      `pulumi config set subnets '["subnet-<id>","subnet-<id>"]' --stack staging`,
    ],
    ['groups that are no list', { securityGroups: 'sg-1' }, {}, 'securityGroups must be a list of ids'],
    ['sizes the wrong way round', { minSize: '5', maxSize: '2' }, {}, 'minSize 5 is above maxSize 2'],
    [
      'a retention that CloudWatch lacks',
      { logRetentionDays: '31' },
      {},
      'logRetentionDays 31 is not offered',
    ],
    ['a domain with https', { domain: 'https://a.example' }, {}, 'domain must be a host name'],
    [
      'a domain on ECS',
      { compute: 'ecs-express', domain: 'a.example' },
      {},
      'domain: ECS Express Mode has no setting for it',
    ],
    [
      'subnets on App Runner',
      { subnets: '["subnet-01234567","subnet-12345678"]' },
      {},
      'subnets: App Runner is not in a VPC',
      'pulumi config rm subnets --stack staging',
    ],
    [
      'security groups on App Runner',
      { securityGroups: '["sg-01234567"]' },
      {},
      'it uses no securityGroups; compute is apprunner',
      'pulumi config rm securityGroups --stack staging',
    ],
    [
      'one subnet alone',
      { compute: 'ecs-express', subnets: '["subnet-01234567"]' },
      {},
      'subnets has 1: ECS Express Mode takes 2 to 16',
      `pulumi config set subnets '["subnet-<id>","subnet-<id>"]' --stack staging`,
    ],
    [
      'a subnet twice',
      { compute: 'ecs-express', subnets: '["subnet-01234567","subnet-01234567"]' },
      {},
      'subnets names a subnet twice',
    ],
    [
      'a subnet that is none',
      { compute: 'ecs-express', subnets: '["subnet-01234567","vpc-01234567"]' },
      {},
      'subnets must be a list of ids of subnets (subnet-0123456789abcdef0), got `["subnet-01234567","vpc-01234567"]`',
    ],
    [
      'subnets that are no list',
      { compute: 'ecs-express', subnets: 'subnet-01234567,subnet-12345678' },
      {},
      'subnets must be a list of ids of subnets',
    ],
    ['an empty list', { compute: 'ecs-express', subnets: '[]' }, {}, 'subnets must be a list of ids'],
    ['a list of objects', { compute: 'ecs-express', subnets: '[{}]' }, {}, 'subnets must be a list of ids'],
    [
      'security groups without their subnets',
      { compute: 'ecs-express', securityGroups: '["sg-01234567"]' },
      {},
      'subnets is missing',
    ],
    ['an address that is none', { alarmEmail: 'me' }, {}, 'alarmEmail must be an e-mail address'],
    [
      'variables that are no object',
      { environment: 'LOGGING_LEVEL=debug' },
      {},
      'environment must be an object',
    ],
    [
      'an unknown variable',
      {},
      { LOGING_LEVEL: 'debug' },
      'environment.LOGING_LEVEL is not a variable of the application; did you mean LOGGING_LEVEL?',
    ],
    ['a variable of one machine', {}, { SQLITE_PATH: 'x' }, 'environment.SQLITE_PATH has no meaning in AWS'],
    [
      'a variable by an older name',
      {},
      { WHATSAPP_PHONE_NUMBER_ID: '1' },
      'environment.WHATSAPP_PHONE_NUMBER_ID is not a variable of the application; did you mean META_BUSINESS_PHONE_NUMBER_ID?',
    ],
    [
      'a secret by an older name',
      { WHATSAPP_TOKEN: 'hush' },
      {},
      'there is no key WHATSAPP_TOKEN; did you mean META_ACCESS_TOKEN_FROM_SYS_USER?',
    ],
    [
      'a secret that is a JSON object without its field',
      { OPENAI_API_KEY: '{"key": "hush"}' },
      {},
      'the secret OPENAI_API_KEY is a JSON object without text in ai_api_key',
    ],
    [
      'a weak secret in a JSON object',
      { OPENAI_API_KEY: '{"ai_api_key": "hush"}' },
      {},
      'the secret OPENAI_API_KEY has 4 of at least 16 characters',
    ],
    [
      'two accounts of Twilio',
      { TWILIO_AUTH_TOKEN: '{"twilio_account_sid": "AC2", "twilio_auth_token": "auth-token-of-a-test"}' },
      { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_WHATSAPP_NUMBER: '1', PUBLIC_URL: 'https://a.example' },
      'environment.TWILIO_ACCOUNT_SID is another one than in a secret',
    ],
    [
      'a secret among the variables',
      {},
      { ADMIN_TOKEN: 'hush' },
      'environment.ADMIN_TOKEN is a secret in plain text',
    ],
    [
      'a variable that the stack sets',
      {},
      { STORE: 'memory' },
      'environment.STORE is set by the infrastructure',
    ],
    ['an empty variable', {}, { ORIGINS: '' }, 'environment.ORIGINS is empty'],
    [
      'another assistant without its key',
      {},
      { ASSISTANT: 'openai', OPENAI_MODEL: 'm' },
      'the secret OPENAI_API_KEY is missing',
    ],
    [
      'many businesses without their database',
      {},
      { BUSINESSES: 'mongodb' },
      'the secret MONGODB_URI is missing',
    ],
    [
      'many businesses without keys',
      { MONGODB_URI: 'mongodb+srv://u:p@db.example.org' },
      { BUSINESSES: 'mongodb', MONGODB_DB_NAME: 'ansari' },
      'the secret ENCRYPTION_SECRET is missing',
      'pulumi config set --secret ENCRYPTION_SECRET --stack staging',
    ],
    [
      'many businesses without the name of their database',
      { MONGODB_URI: 'mongodb+srv://u:p@db.example.org' },
      { BUSINESSES: 'mongodb' },
      'the variable MONGODB_DB_NAME is missing',
      'pulumi config set --path environment.MONGODB_DB_NAME <value> --stack staging',
    ],
    [
      'a database without TLS',
      { MONGODB_URI: 'mongodb://hush@db.example.org' },
      {},
      'the secret MONGODB_URI has no TLS',
      'pulumi config set --secret MONGODB_URI --stack staging',
    ],
    [
      'a database on this machine',
      { MONGODB_URI: 'mongodb://hush@127.0.0.1:27017/?tls=true' },
      {},
      'the secret MONGODB_URI names localhost, which in AWS is the container',
    ],
    [
      'a database by its host alone',
      { MONGODB_URI: 'hush.example.org' },
      {},
      'the secret MONGODB_URI must be a mongodb:// or mongodb+srv:// connection string',
    ],
    [
      'a key that is too short',
      { ENCRYPTION_SECRET: 'k1:aHVzaCwgaXQgaXMgc2hvcnQ=' },
      {},
      'the secret ENCRYPTION_SECRET must be <key id>:<32 bytes in base64>',
      'pulumi config set --secret ENCRYPTION_SECRET --stack staging',
    ],
    [
      'private subnets without security groups',
      { privateSubnets: '["subnet-01234567"]' },
      {},
      'privateSubnets needs securityGroups of the same VPC',
      `pulumi config set securityGroups '["sg-<id>"]' --stack staging`,
    ],
    [
      'a private subnet twice',
      { privateSubnets: '["subnet-01234567","subnet-01234567"]', securityGroups: '["sg-01234567"]' },
      {},
      'privateSubnets names a subnet twice',
      `pulumi config set privateSubnets '["subnet-<id>","subnet-<id>"]' --stack staging`,
    ],
    [
      'a subnet that is public and private',
      {
        compute: 'ecs-express',
        subnets: '["subnet-01234567","subnet-12345678"]',
        privateSubnets: '["subnet-12345678"]',
        securityGroups: '["sg-01234567"]',
      },
      {},
      'subnet-12345678 of privateSubnets is in subnets too',
    ],
    [
      'subnets beside the private ones that the tasks run in',
      {
        worker: 'fargate',
        subnets: '["subnet-01234567"]',
        privateSubnets: '["subnet-12345678"]',
        securityGroups: '["sg-01234567"]',
      },
      {},
      'the tasks of the worker run in privateSubnets',
      'pulumi config rm subnets --stack staging',
    ],
    [
      'more security groups than an interface can have',
      {
        privateSubnets: '["subnet-12345678"]',
        securityGroups: JSON.stringify([1, 2, 3, 4, 5, 6].map((n) => `sg-0000000${n}`)),
      },
      {},
      'securityGroups has 6 of at most 5',
    ],
    [
      'Twilio without an address of ours',
      {},
      { TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef' },
      'the variable PUBLIC_URL is missing',
    ],
  ])(
    'are rejected with the command that fixes them: %s',
    (_, keys, plain, message, command = 'pulumi config') => {
      const problems = problemsOf(environmentConfig(keys, plain));
      expect(problems).toContain(message);
      expect(problems).toContain(command);
      expect(problems).not.toContain('hush');
    },
  );

  it('are rejected without a region, and with an unknown one', () => {
    const { 'aws:region': _, ...without } = environmentConfig();
    expect(problemsOf(without)).toContain('aws:region is not set');
    for (const region of ['Oregon', 'us-west-2a', 'cn-north-1', 'us-gov-west-1', ''])
      expect(problemsOf({ ...without, 'aws:region': region })).toContain(
        'aws:region must be a region such as',
      );
    expect(problemsOf({ ...without, 'aws:region': 'eu-west-1' })).toBe('');
  });

  it('list the regions of App Runner, and the alternative elsewhere', () => {
    const elsewhere = { 'aws:region': 'eu-south-1' };
    const problems = problemsOf({ ...environmentConfig(), ...elsewhere });
    expect(problems).toContain('App Runner is not in eu-south-1; it is in ap-northeast-1');
    expect(problems).toContain('pulumi config set compute ecs-express --stack staging');
    expect(problemsOf({ ...environmentConfig({ compute: 'ecs-express' }), ...elsewhere })).toBe('');
  });

  it('are rejected without the bundle of the worker', () => {
    expect(problemsOf(environmentConfig(), { exists: () => false })).toContain('npm run build');
    const folderAlone = { exists: (path: string) => path === 'test/infra/bundle' };
    expect(problemsOf(environmentConfig(), folderAlone)).toContain('npm run build');
    expect(problemsOf(environmentConfig({ worker: 'fargate' }), { exists: () => false })).toBe('');
  });

  it('are rejected for an unknown stack', () => {
    expect(problemsOf(environmentConfig(), { stack: 'testing' })).toContain(
      'the stacks are shared, staging and production',
    );
  });

  it('need no PUBLIC_URL for Twilio when there is a domain', () => {
    const twilio = { TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef', TWILIO_WHATSAPP_NUMBER: '1' };
    expect(
      problemsOf(
        environmentConfig({ TWILIO_AUTH_TOKEN: 'auth-token-of-a-test', domain: 'a.example' }, twilio),
      ),
    ).toBe('');
  });

  it('need no account of Twilio beside a secret that holds it', () => {
    const secret = '{"twilio_account_sid": "AC1", "twilio_auth_token": "auth-token-of-a-test"}';
    const twilio = { TWILIO_WHATSAPP_NUMBER: '1', PUBLIC_URL: 'https://a.example' };
    expect(problemsOf(environmentConfig({ TWILIO_AUTH_TOKEN: secret }, twilio))).toBe('');
    expect(problemsOf(environmentConfig({ TWILIO_AUTH_TOKEN: 'auth-token-of-a-test' }, twilio))).toContain(
      'the variable TWILIO_ACCOUNT_SID is missing',
    );
  });

  it.each(['apprunner', 'ecs-express'])('allow a private network on %s', (compute) => {
    for (const worker of ['lambda', 'fargate']) {
      const keys = {
        compute,
        worker,
        privateSubnets: '["subnet-12345678"]',
        securityGroups: '["sg-01234567"]',
      };
      expect(problemsOf(environmentConfig(keys)), worker).toBe('');
    }
  });

  it('list every missing secret', () => {
    const secrets = missingVariables({}).filter(({ secret }) => secret !== undefined);
    expect(secrets.length).toBeGreaterThan(3);
    fc.assert(
      fc.property(fc.subarray(secrets), (missing) => {
        const problems = problemsOf(
          environmentConfig(Object.fromEntries(missing.map(({ name }) => [name, undefined]))),
        );
        for (const { name } of missing) expect(problems).toContain(`--secret ${name} `);
        expect(problems.split('is missing').length - 1).toBe(missing.length);
      }),
    );
  });

  it('report only the variable that has more than one value', () => {
    const environment =
      '{"META_BUSINESS_PHONE_NUMBER_ID": {"a": 1}, "BACKEND_SERVER_URL": "https://b.example", "ORIGINS": null}';
    expect(problemsOf(environmentConfig({ environment })).split('\n')).toEqual([
      'environment.META_BUSINESS_PHONE_NUMBER_ID must be one value',
      '      pulumi config set --path environment.META_BUSINESS_PHONE_NUMBER_ID <value> --stack staging',
      'environment.ORIGINS must be one value',
      '      pulumi config set --path environment.ORIGINS <value> --stack staging',
    ]);
  });

  it('throw only InvalidSettings, for any configuration', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('image', 'environment', 'cpu', 'domain', 'x'), fc.string()),
        (keys) => {
          expect(typeof problemsOf(environmentConfig(keys))).toBe('string');
        },
      ),
    );
  });
});

describe('the settings of the account', () => {
  const refused = (more: Record<string, string>) =>
    problemsOf({ ...SHARED_CONFIG, ...more }, { stack: 'shared' });

  it('are complete', () => {
    expect(refused({})).toBe('');
  });

  it('need a repository', () => {
    expect(problemsOf({ 'aws:region': 'us-west-2' }, { stack: 'shared' })).toContain('github is missing');
    expect(refused({ 'ansari-whatsapp:github': 'https://github.com/a/b' })).toContain(
      'must be owner/repository',
    );
  });

  it('apply to a stack of another account', () => {
    expect(problemsOf(SHARED_CONFIG, { stack: 'shared-production' })).toBe('');
    expect(problemsOf(SHARED_CONFIG, { stack: 'shared-' })).toContain('the stacks are shared');
    expect(problemsOf(environmentConfig({ sharedStack: 'staging' }))).toContain(
      'sharedStack must be shared, or a name such as shared-production',
    );
  });

  it.each(['production', '[]', '["testing"]', '{"staging": true}'])(
    'need environments that there are: %s',
    (environments) => {
      const problems = refused({ 'ansari-whatsapp:environments': environments });
      expect(problems).toContain('environments must be a list of environments');
    },
  );

  it.each(['Ansari', 'a', 'a//b', '-ab', 'a..b'])(
    'need a name that is valid in ECR: %s',
    (repositoryName) => {
      expect(refused({ 'ansari-whatsapp:repositoryName': repositoryName })).toContain(
        'repositoryName must be the name of a repository in ECR',
      );
    },
  );

  it('need both ids of the repository or none', () => {
    const { 'ansari-whatsapp:githubOwnerId': _, ...without } = SHARED_CONFIG;
    expect(problemsOf(without, { stack: 'shared' })).toContain('githubOwnerId is missing');
  });

  it('need the name of the bucket without a scheme', () => {
    const stateBucket = { 'ansari-whatsapp:stateBucket': 's3://bucket' };
    expect(refused(stateBucket)).toContain('stateBucket must be the name of a bucket, without s3://');
  });

  it('accept a list of role ARNs, and report an invalid one', () => {
    const key = 'ansari-whatsapp:passableRoleArns';
    const [role] = OPERATOR_ROLES;
    const config = { ...SHARED_CONFIG, [key]: JSON.stringify([role, 'AnsariAccessRole']) };
    const problems = problemsOf(config, { stack: 'shared' });
    expect(problems).toContain('passableRoleArns[1] must be the ARN of a role');
    expect(problems).toContain(`pulumi config set --path 'passableRoleArns[1]' <value> --stack shared`);
    expect(problemsOf({ ...SHARED_CONFIG, [key]: 'AnsariAccessRole' }, { stack: 'shared' })).toContain(
      'passableRoleArns must be',
    );
  });

  it('accept no secrets of an environment', () => {
    expect(refused({ 'ansari-whatsapp:META_APP_SECRET': 'x' })).toContain('there is no key META_APP_SECRET');
  });
});
