import { describe, expect, it } from 'vitest';
import type { Condition } from '#app/config/variable.ts';
import { ConfigError, readConfig, VARIABLES } from '#app/config.ts';

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const PRODUCTION = {
  DEPLOYMENT_TYPE: 'production',
  META_APP_SECRET: 'an-app-secret-of-a-test',
  META_WEBHOOK_VERIFY_TOKEN: 'a-verify-token-of-a-test',
  META_BUSINESS_PHONE_NUMBER_ID: '123',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'an-access-token-of-a-test',
  WHATSAPP_SERVICE_API_KEY: 'a-backend-key-of-a-test',
};
const ACCOUNT_SID = 'AC0123456789abcdef0123456789abcdef';
const KEY_BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const KEY = KEY_BYTES.toString('base64');

describe('readConfig', () => {
  it('needs no variables for local use', () => {
    expect(readConfig({})).toEqual({
      deployment: 'local',
      port: 8001,
      workerPort: 8003,
      host: '127.0.0.1',
      logLevel: 'info',
      logKey: expect.any(Buffer),
      origins: expect.arrayContaining(['http://localhost:8000', 'http://localhost:8002']),
      publicUrl: undefined,
      adminToken: undefined,
      metricsToken: undefined,
      meta: {
        apiUrl: 'https://graph.facebook.com',
        apiVersion: 'v25.0',
        appSecrets: ['development-app-secret'],
        verifyToken: 'development-verify-token',
        alwaysReturnOk: true,
        isUsed: true,
        mock: false,
      },
      twilio: undefined,
      policy: {
        underMaintenance: false,
        retentionMs: 10_800_000,
        messageAgeMs: 86_400_000,
        batchWindowMs: 1000,
        questionsPerDay: 200,
        sendReconcileMs: 20_000,
        aiNotice: true,
        handOffMs: 86_400_000,
        operatorQuietMs: 14_400_000,
      },
      handOff: { queueUrl: undefined, webhook: undefined },
      assistant: { kind: 'ansari', url: 'http://localhost:8000', apiKey: 'development-backend-key' },
      openAiUrl: 'https://api.openai.com/v1',
      store: { kind: 'sqlite', path: 'data/ansari-whatsapp.db' },
      queue: { kind: 'inline' },
      businesses: { kind: 'env', number: '100000000000001', accessToken: 'development-access-token' },
      aws: { region: undefined },
      warnings: [],
    });
  });

  it('reads every kind of adapter', () => {
    const config = readConfig({
      ...PRODUCTION,
      STORE: 'dynamodb',
      CONVERSATIONS_TABLE: 'a',
      CONVERSATIONS_STAGE_TABLE: 'b',
      CONVERSATIONS_TRIGGER_LOCK_TABLE: 'c',
      QUEUE: 'sqs',
      WHATSAPP_QUEUE_URL: 'https://sqs.us-west-2.amazonaws.com/1/q',
      ASSISTANT: 'openai',
      OPENAI_API_KEY: 'a-key-of-a-test-of-openai',
      OPENAI_MODEL: 'm',
      BUSINESSES: 'mongodb',
      MONGODB_URI: 'mongodb+srv://db.example.org',
      MONGODB_DB_NAME: 'd',
      ENCRYPTION_SECRET: `new:${KEY},old:${KEY}`,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: 'an-auth-token-of-a-test',
      TWILIO_WHATSAPP_NUMBER: '+14155238886',
      PUBLIC_URL: 'https://whatsapp.example.org/',
    });
    expect(config).toMatchObject({
      store: { kind: 'dynamodb', conversationsTable: 'a', stageTable: 'b', triggerLockTable: 'c' },
      queue: { kind: 'sqs', url: 'https://sqs.us-west-2.amazonaws.com/1/q' },
      assistant: {
        kind: 'openai',
        url: 'https://api.openai.com/v1',
        apiKey: 'a-key-of-a-test-of-openai',
        model: 'm',
      },
      businesses: {
        kind: 'mongodb',
        maxPoolSize: 100,
        minPoolSize: 10,
        cacheTtlMs: 300_000,
        cacheSize: 1000,
        warmup: true,
        encryptionKeys: [{ id: 'new', key: KEY_BYTES }, { id: 'old' }],
      },
      twilio: {
        accountSid: ACCOUNT_SID,
        authTokens: ['an-auth-token-of-a-test'],
        number: '+14155238886',
        publicUrl: 'https://whatsapp.example.org',
        apiUrl: 'https://api.twilio.com',
      },
    });
  });

  const TWILIO = {
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: 'a-new-auth-token-of-a-test, an-old-auth-token-of-a-test',
    TWILIO_WHATSAPP_NUMBER: 'whatsapp:14155238886',
    PUBLIC_URL: 'https://whatsapp.example.org',
  };

  it('needs none of the variables of Meta with Twilio alone', () => {
    const alone = { DEPLOYMENT_TYPE: 'production', ASSISTANT: 'echo', ...TWILIO };
    const config = readConfig(alone);
    expect(config).toMatchObject({
      meta: { isUsed: false, appSecrets: [], verifyToken: undefined },
      twilio: { number: '+14155238886' },
      businesses: { kind: 'env', number: undefined, accessToken: undefined },
    });
    expect(config.twilio?.authTokens).toEqual(['a-new-auth-token-of-a-test', 'an-old-auth-token-of-a-test']);
    expect(config.logKey).not.toEqual(
      readConfig({ ...alone, TWILIO_AUTH_TOKEN: 'another-auth-token-of-a-test' }).logKey,
    );
    expect(problemsOf({ ...alone, META_APP_SECRET: 'an-app-secret-of-a-test' })).toEqual([
      expect.stringMatching(/^META_BUSINESS_PHONE_NUMBER_ID is missing; it is needed for BUSINESSES=env/),
      expect.stringMatching(/^META_ACCESS_TOKEN_FROM_SYS_USER is missing/),
      expect.stringMatching(
        /^META_WEBHOOK_VERIFY_TOKEN is missing; it is needed because META_APP_SECRET is set/,
      ),
    ]);
    const registry = { BUSINESSES: 'mongodb', MONGODB_URI: 'mongodb+srv://db.example.org' };
    expect(
      problemsOf({ ...alone, ...registry, MONGODB_DB_NAME: 'd', ENCRYPTION_SECRET: `k:${KEY}` }),
    ).toEqual([
      expect.stringMatching(/^META_WEBHOOK_VERIFY_TOKEN is missing; it is needed for BUSINESSES=mongodb/),
      expect.stringMatching(/^META_APP_SECRET is missing; it is needed for BUSINESSES=mongodb/),
    ]);
  });

  it('hashes people as before when Twilio is added to Meta', () => {
    expect(readConfig({ ...PRODUCTION, ...TWILIO }).logKey).toEqual(readConfig(PRODUCTION).logKey);
  });

  it.each(['whatsapp:+14155238886', '14155238886', '+1 (415) 523-8886', 'WhatsApp:14155238886'])(
    'reads the number of Twilio as it is written: %s',
    (TWILIO_WHATSAPP_NUMBER) => {
      const config = readConfig({ ...PRODUCTION, ...TWILIO, TWILIO_WHATSAPP_NUMBER });
      expect(config.twilio?.number).toBe('+14155238886');
    },
  );

  it('reads keys that KMS encrypted', () => {
    const ENCRYPTION_SECRET = `new:kms:${Buffer.alloc(184, 1).toString('base64')}, old:${KEY}`;
    const mongodb = {
      BUSINESSES: 'mongodb',
      MONGODB_URI: 'mongodb+srv://db.example.org',
      MONGODB_DB_NAME: 'd',
    };
    expect(readConfig({ ...PRODUCTION, ...mongodb, ENCRYPTION_SECRET }).businesses).toMatchObject({
      encryptionKeys: [
        { id: 'new', wrapped: Buffer.alloc(184, 1) },
        { id: 'old', key: KEY_BYTES },
      ],
    });
  });

  it('rejects two keys of the same id', () => {
    expect(problemsOf({ ENCRYPTION_SECRET: `k:${KEY},k:${KEY}` })).toEqual([
      expect.stringContaining('ENCRYPTION_SECRET has two keys of the same id'),
    ]);
  });

  it('reads several secrets while one is rotated', () => {
    expect(readConfig({ META_APP_SECRET: 'new, old,' }).meta.appSecrets).toEqual(['new', 'old']);
  });

  it('adds the origins of the environment to those that are set', () => {
    const { origins } = readConfig({
      ...PRODUCTION,
      ORIGINS: 'https://a.example, https://b.example/',
      BACKEND_SERVER_URL: 'https://api.example/api/v2',
      PUBLIC_URL: 'https://whatsapp.example',
    });
    expect(origins).toEqual([
      'https://a.example',
      'https://b.example',
      'https://api.example',
      'https://whatsapp.example',
    ]);
  });

  it.each(['true', 'True', 'TRUE', '1', 'yes', 'on', ' "true" ', "'true'"])('reads %s as true', (word) => {
    expect(readConfig({ WHATSAPP_UNDER_MAINTENANCE: word }).policy.underMaintenance).toBe(true);
  });

  it('reads the first line of a file that begins with a byte order mark', () => {
    expect(readConfig({ '\uFEFFPORT': '9001' })).toMatchObject({ port: 9001, warnings: [] });
    // The environment wins over a file, and never has such a name.
    expect(readConfig({ '\uFEFFPORT': '9001', PORT: '9002' })).toMatchObject({ port: 9002 });
  });

  it('treats an empty value as missing', () => {
    expect(readConfig({ PORT: '', META_APP_SECRET: ' ' })).toMatchObject({ port: 8001 });
  });

  it.each([
    ['DEBUG', 'debug'],
    ['WARNING', 'warn'],
    ['CRITICAL', 'error'],
  ])('reads the log level %s of Python', (word, level) => {
    expect(readConfig({ LOGGING_LEVEL: word }).logLevel).toBe(level);
  });
});

describe('older names', () => {
  it('are read', () => {
    const config = readConfig({
      LOG_LEVEL: 'error',
      META_ANSARI_APP_SECRET: 'x',
      MOCK_ANSARI_CLIENT: 'True',
    });
    expect(config).toMatchObject({
      logLevel: 'error',
      meta: { appSecrets: ['x'] },
      assistant: { kind: 'echo' },
    });
  });

  it.each([
    [{ WHATSAPP_TOKEN: 'a-token' }, 'META_ACCESS_TOKEN_FROM_SYS_USER'],
    [{ WHATSAPP_ACCESS_TOKEN_FROM_SYS_USER: 'a-token' }, 'META_ACCESS_TOKEN_FROM_SYS_USER'],
    [{ WHATSAPP_PHONE_NUMBER_ID: '4711' }, 'META_BUSINESS_PHONE_NUMBER_ID'],
    [{ WHATSAPP_BUSINESS_PHONE_NUMBER_ID: '4711' }, 'META_BUSINESS_PHONE_NUMBER_ID'],
    [{ WHATSAPP_VERIFY_TOKEN: 'a-word' }, 'META_WEBHOOK_VERIFY_TOKEN'],
    [{ WHATSAPP_VERIFY_TOKEN_FOR_WEBHOOK: 'a-word' }, 'META_WEBHOOK_VERIFY_TOKEN'],
    [{ WHATSAPP_API_VERSION: 'v24.0' }, 'META_API_VERSION'],
  ])('of the programs before this one are read with a warning: %j', (env, name) => {
    const [[older, value] = ['', '']] = Object.entries(env);
    const { warnings, ...config } = readConfig({ [older]: value });
    const { warnings: none, ...expected } = readConfig({ [name]: value });
    expect(config).toEqual(expected);
    expect(warnings).toEqual([`${older} is an older name of ${name}: rename it.`]);
    expect(none).toEqual([]);
  });

  it('have no effect where the documented name is set, which a warning says', () => {
    const { businesses, warnings } = readConfig({
      META_BUSINESS_PHONE_NUMBER_ID: '1',
      WHATSAPP_PHONE_NUMBER_ID: '2',
      WHATSAPP_TOKEN: ' ',
    });
    expect(businesses).toMatchObject({ number: '1' });
    expect(warnings).toEqual([
      'WHATSAPP_PHONE_NUMBER_ID is an older name of META_BUSINESS_PHONE_NUMBER_ID, which is set too: remove it.',
    ]);
  });

  it('that mean nothing here are named', () => {
    expect(readConfig({ SQS_HEARTBEAT_INTERVAL_MS: '10000' }).warnings).toEqual([
      'SQS_HEARTBEAT_INTERVAL_MS has no effect: the worker renews its lease and needs no interval for it. Remove it.',
    ]);
  });

  it('are in the problems of their values', () => {
    expect(problemsOf({ WHATSAPP_API_VERSION: 'v13.0' })).toEqual([
      expect.stringMatching(/^META_API_VERSION \(set as WHATSAPP_API_VERSION\) must be .*got "v13\.0"/),
    ]);
  });

  it('are in no other row of the table', () => {
    const names = VARIABLES.flatMap(({ name, aliases = [], olderNames = [] }) => [
      name,
      ...aliases,
      ...olderNames,
    ]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('yield to the documented ones', () => {
    const config = readConfig({
      ...{ LOG_LEVEL: 'error', META_ANSARI_APP_SECRET: 'x', MOCK_ANSARI_CLIENT: 'true' },
      ...{ LOGGING_LEVEL: 'warn', META_APP_SECRET: 'y', ASSISTANT: 'ansari' },
    });
    expect(config).toMatchObject({
      logLevel: 'warn',
      meta: { appSecrets: ['y'] },
      assistant: { kind: 'ansari' },
    });
  });
});

describe('secrets in the JSON objects of Secrets Manager', () => {
  const TWILIO = { PUBLIC_URL: 'https://wa.example.org', TWILIO_WHATSAPP_NUMBER: '+14155238886' };
  const both = JSON.stringify({
    twilio_account_sid: ACCOUNT_SID,
    twilio_auth_token: 'hunter2',
    twilio_template_sid: 'x',
  });

  it('set the key of OpenAI', () => {
    const env = { ASSISTANT: 'openai', OPENAI_MODEL: 'gpt-5' };
    const config = readConfig({ ...env, OPENAI_API_KEY: ' {"ai_api_key": "hunter2"}\n' });
    expect(config).toEqual(readConfig({ ...env, OPENAI_API_KEY: 'hunter2' }));
  });

  it('set account and token of Twilio', () => {
    for (const account of [{}, { TWILIO_ACCOUNT_SID: ACCOUNT_SID }]) {
      const config = readConfig({ ...TWILIO, ...account, TWILIO_AUTH_TOKEN: both });
      expect(config.twilio).toMatchObject({ accountSid: ACCOUNT_SID, authTokens: ['hunter2'] });
    }
  });

  it.each([
    ['{"ai_api_key": "hunter2"', 'OPENAI_API_KEY begins with { and is no JSON object with ai_api_key.'],
    ['{"api_key": "hunter2"}', 'OPENAI_API_KEY is a JSON object without text in ai_api_key.'],
    ['{"ai_api_key": {"hunter2": 1}}', 'OPENAI_API_KEY is a JSON object without text in ai_api_key.'],
    ['{"ai_api_key": " "}', 'OPENAI_API_KEY is a JSON object without text in ai_api_key.'],
  ])('are refused without the secret: %s', (value, problem) => {
    const problems = problemsOf({ ASSISTANT: 'openai', OPENAI_MODEL: 'gpt-5', OPENAI_API_KEY: value });
    expect(problems).toEqual([`${problem} Set it to a key of the OpenAI project.`]);
  });

  it('do not hide a weak secret outside local', () => {
    const env = { ...PRODUCTION, ASSISTANT: 'openai', OPENAI_MODEL: 'gpt-5' };
    expect(problemsOf({ ...env, OPENAI_API_KEY: '{"ai_api_key": "short"}' })).toEqual([
      expect.stringMatching(/^OPENAI_API_KEY has 5 of at least 16 characters/),
    ]);
  });

  it('contradict no variable that is set', () => {
    const problems = problemsOf({ ...TWILIO, TWILIO_ACCOUNT_SID: 'AC2', TWILIO_AUTH_TOKEN: both });
    expect(problems).toEqual([
      expect.stringMatching(
        /^TWILIO_ACCOUNT_SID is another one than in TWILIO_AUTH_TOKEN, which holds one too/,
      ),
    ]);
  });

  it('miss both of Twilio when one is absent', () => {
    const problems = problemsOf({ ...TWILIO, TWILIO_AUTH_TOKEN: '{"twilio_auth_token": "hunter2"}' });
    expect(problems.join()).toContain(
      'TWILIO_AUTH_TOKEN is a JSON object without text in twilio_account_sid.',
    );
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('problems', () => {
  it('are reported all at once, each with its remedy', () => {
    expect(
      problemsOf({ PORT: 'eighty', QUEUE: 'sqz', META_API_VERSION: 'v20.0', BATCH_WINDOW_SECONDS: '901' }),
    ).toEqual([
      'PORT must be a whole number from 0 to 65535, got "eighty". Correct it, or leave it out for 8001.',
      'META_API_VERSION must be a Graph API version, v21.0 or newer, got "v20.0". Correct it, or leave it out for v25.0.',
      'BATCH_WINDOW_SECONDS must be a number from 0 to 900, got "901". Correct it, or leave it out for 1.',
      'QUEUE must be one of inline, sqs, got "sqz". Correct it, or leave it out for inline.',
    ]);
  });

  it('are reported together with missing variables', () => {
    const problems = problemsOf({ DEPLOYMENT_TYPE: 'staging', PORT: '-1' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'WHATSAPP_SERVICE_API_KEY',
      'META_BUSINESS_PHONE_NUMBER_ID',
      'META_ACCESS_TOKEN_FROM_SYS_USER',
      'META_WEBHOOK_VERIFY_TOKEN',
      'META_APP_SECRET',
    ]);
    expect(problems.at(-1)).toBe(
      'META_APP_SECRET is missing; it is needed unless TWILIO_ACCOUNT_SID is set. Set it to the app secret shown in the Meta app dashboard under App settings, Basic.',
    );
  });

  it.each(['development', 'staging', 'production'])('apply to %s', (deployment) => {
    expect(problemsOf({ DEPLOYMENT_TYPE: deployment })).toHaveLength(5);
    expect(problemsOf({ ...PRODUCTION, DEPLOYMENT_TYPE: deployment })).toEqual([]);
  });

  it.each([
    [{ QUEUE: 'sqs' }, ['WHATSAPP_QUEUE_URL']],
    [
      { STORE: 'dynamodb' },
      ['CONVERSATIONS_TABLE', 'CONVERSATIONS_STAGE_TABLE', 'CONVERSATIONS_TRIGGER_LOCK_TABLE'],
    ],
    [{ ASSISTANT: 'openai' }, ['OPENAI_API_KEY', 'OPENAI_MODEL']],
    [{ BUSINESSES: 'mongodb' }, ['MONGODB_URI', 'MONGODB_DB_NAME', 'ENCRYPTION_SECRET']],
    [{ TWILIO_AUTH_TOKEN: 'x' }, ['PUBLIC_URL', 'TWILIO_ACCOUNT_SID', 'TWILIO_WHATSAPP_NUMBER']],
    [{ QUEUE: 'sqs', WHATSAPP_QUEUE_URL: 'http://q', STORE: 'memory' }, ['STORE']],
    [{ MONGODB_MAX_POOL_SIZE: '5' }, ['MONGODB_MIN_POOL_SIZE']],
  ])('of dependent variables: %j', (env, names) => {
    expect(problemsOf(env).map((problem) => problem.split(' ')[0])).toEqual(names);
  });

  it('never contain a secret', () => {
    const secrets = VARIABLES.filter(({ secret }) => secret).map(({ name }) => [name, ',']);
    const problems = problemsOf({
      ...Object.fromEntries(secrets),
      ENCRYPTION_SECRET: 'hunter2',
      META_API_URL: 'http://user:hunter2@host',
    });
    expect(problems.join()).toContain('ENCRYPTION_SECRET must be <key id>:<32 bytes in base64>');
    expect(problems.join()).toContain('META_APP_SECRET must hold at least one secret');
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each([
    ['staging', 'development-app-secret'],
    ['production', 'development-app-secret'],
    ['development', 'development-app-secret'],
    ['production', 'an-app-secret-of-a-test, development-app-secret'],
  ])('are the development secrets in %s: %s', (deployment, secret) => {
    const env = { ...PRODUCTION, DEPLOYMENT_TYPE: deployment, META_APP_SECRET: secret };
    expect(problemsOf(env)).toEqual([
      expect.stringContaining('META_APP_SECRET holds the development default'),
    ]);
  });

  it.each([
    ['BACKEND_SERVER_URL', 'localhost:8000'],
    ['BACKEND_SERVER_URL', 'http://user:password@host'],
    ['BACKEND_SERVER_URL', 'https://backend.example/whatsapp/v2/'],
    ['META_API_URL', 'https://graph.facebook.com/v25.0'],
    ['META_API_URL', 'file:///etc/passwd'],
    ['ORIGINS', 'https://example.org/path'],
    ['ORIGINS', '*'],
    ['META_API_VERSION', '25.0'],
    ['META_BUSINESS_PHONE_NUMBER_ID', '+1 555'],
    ['WHATSAPP_UNDER_MAINTENANCE', 'maybe'],
    ['BUSINESS_CACHE_SIZE', '1.5'],
    ['BATCH_WINDOW_SECONDS', '1e2'],
    ['META_ACCESS_TOKEN_FROM_SYS_USER', 'EAA\nB'],
    ['WHATSAPP_SERVICE_API_KEY', 'ключ'],
    ['ADMIN_TOKEN', 'a”'],
    ['TWILIO_ACCOUNT_SID', 'AC1'],
    ['TWILIO_ACCOUNT_SID', 'SK0123456789abcdef0123456789abcdef'],
    ['TWILIO_WHATSAPP_NUMBER', 'MG0123456789abcdef0123456789abcdef'],
    ['TWILIO_WHATSAPP_NUMBER', '+0123456789'],
    ['HOST', 'http://localhost'],
    ['HOST', 'localhost:8001'],
    ['HOST', '[::1]'],
    ['ENCRYPTION_SECRET', KEY],
    ['ENCRYPTION_SECRET', `k:${KEY.slice(4)}`],
    ['ENCRYPTION_SECRET', `a.b:${KEY}`],
    ['ENCRYPTION_SECRET', `k:kms:`],
    ['ENCRYPTION_SECRET', `k:${KEY.slice(0, -2)}!=`],
  ])('are values such as %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toContainEqual(expect.stringMatching(new RegExp(`^${name} must `)));
  });
});

describe('outside local use', () => {
  it.each(['development', 'staging', 'production'])('listens on every address: %s', (DEPLOYMENT_TYPE) => {
    expect(readConfig({ ...PRODUCTION, DEPLOYMENT_TYPE }).host).toBeUndefined();
    expect(readConfig({ ...PRODUCTION, DEPLOYMENT_TYPE, HOST: '10.0.0.7' }).host).toBe('10.0.0.7');
  });

  it.each([
    ['ADMIN_TOKEN', 'a', 'has 1 of at least 16 characters'],
    ['METRICS_TOKEN', 'fifteen-letters', 'has 15 of at least 16 characters'],
    ['META_APP_SECRET', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'repeats the same few characters'],
    ['META_APP_SECRET', '0123abcd0123abcd0123abcd', 'repeats the same few characters'],
    ['META_APP_SECRET', 'an-app-secret-of-a-test,x', 'has 1 of at least 16 characters (entry 2)'],
    ['META_WEBHOOK_VERIFY_TOKEN', '<your verify token>', 'is a placeholder'],
    ['META_WEBHOOK_VERIFY_TOKEN', 'your-verify-token-here', 'is a placeholder'],
    ['META_WEBHOOK_VERIFY_TOKEN', 'yourVerifyTokenGoesHere', 'is a placeholder'],
    ['META_WEBHOOK_VERIFY_TOKEN', 'please_change_me_soon', 'is a placeholder'],
    ['META_WEBHOOK_VERIFY_TOKEN', 'changeme', 'is a placeholder'],
    ['META_ACCESS_TOKEN_FROM_SYS_USER', 'EAA-xxxx-xxxx-xxxx', 'is a placeholder'],
    ['META_ACCESS_TOKEN_FROM_SYS_USER', '$META_ACCESS_TOKEN', 'is a placeholder'],
    ['META_ACCESS_TOKEN_FROM_SYS_USER', 'meta_access_token_from_sys_user', 'is a placeholder'],
    ['META_APP_SECRET', '“an-app-secret-of-a-test”', 'contains typographic quotes'],
    ['META_APP_SECRET', 'ключ-нашего-приложения', 'contains characters other than ASCII'],
    ['META_APP_SECRET', 'an-app-secret-of-a-test\n', 'has white space around it'],
    ['META_APP_SECRET', "' an-app-secret-of-a-test'", 'has white space around it'],
    ['MONGODB_URI', 'mongodb+srv://ansari:<password>@db.example.org', 'is a placeholder'],
    ['MONGODB_URI', 'mongodb://u:p@db.example.org', 'has no TLS'],
    ['MONGODB_URI', 'mongodb://u:p@db.example.org/?tls=false', 'has no TLS'],
    ['MONGODB_URI', 'mongodb://localhost,db.example.org', 'has no TLS'],
    ['MONGODB_URI', 'mongodb://localhost.example.org', 'has no TLS'],
    ['MONGODB_URI', 'mongodb+srv://u:p@db.example.org/?tls=false', 'switches TLS off'],
    ['MONGODB_URI', 'mongodb+srv://u:p@db.example.org/?tlsInsecure=true', 'has tlsInsecure=true'],
    [
      'MONGODB_URI',
      'mongodb://db.example.org/?tls=true&tlsallowinvalidcertificates=true',
      'has tlsAllowInvalidCertificates=true',
    ],
    ['MONGODB_URI', 'db.example.org:27017', 'must be a mongodb:// or mongodb+srv:// connection string'],
    ['MONGODB_URI', 'mongodb://u:p@ss@db.example.org/?tls=true', 'must be a mongodb://'],
    ['MONGODB_URI', 'mongodb:///ansari', 'must be a mongodb://'],
    ['ENCRYPTION_SECRET', `k:${Buffer.alloc(32).toString('base64')}`, 'repeats the same few characters'],
    ['ENCRYPTION_SECRET', `k:${Buffer.alloc(32, 7).toString('base64')}`, 'repeats the same few characters'],
    [
      'ENCRYPTION_SECRET',
      `k:${Buffer.alloc(32, KEY_BYTES.subarray(0, 16)).toString('base64')}`,
      'repeats the',
    ],
  ])('rejects a weak or malformed secret: %s=%j', (name, value, problem) => {
    const problems = problemsOf({ ...PRODUCTION, [name]: value });
    expect(problems).toEqual([expect.stringContaining(`${name} ${problem}`)]);
    expect(problems[0]).toMatch(/\. (Set it to|Correct it)/);
    expect(problems[0]).not.toContain(value.trim().length > 1 ? value.trim() : '"a"');
  });

  it.each([
    ['META_APP_SECRET', '0f1e2d3c4b5a69788796a5b4c3d2e1f0'],
    ['META_APP_SECRET', 'an-app-secret-of-a-test, another-app-secret-of-a-test,'],
    ['META_APP_SECRET', '"an-app-secret-of-a-test"'],
    ['MONGODB_URI', 'mongodb+srv://ansari:p%40ss@db.example.org/?retryWrites=true&w=majority'],
    ['MONGODB_URI', 'mongodb://u:p@a.example.org:27017,b.example.org:27017/admin?replicaSet=rs0&tls=true'],
    ['MONGODB_URI', 'mongodb://db.example.org/?SSL=TRUE'],
    // On a machine of one's own.
    ['MONGODB_URI', 'mongodb://localhost:27017'],
    ['MONGODB_URI', 'mongodb://127.0.0.1,[::1]:27018/?replicaSet=rs0'],
    ['MONGODB_URI', 'mongodb://%2Frun%2Fmongodb-27017.sock'],
    ['ADMIN_TOKEN', 'dGhlcmUgaXMxxxgbm8gc3BhY2U='],
  ])('accepts %s=%s', (name, value) => {
    expect(problemsOf({ ...PRODUCTION, [name]: value })).toEqual([]);
  });

  it('reports all problems at once', () => {
    const problems = problemsOf({
      ...PRODUCTION,
      ADMIN_TOKEN: 'a',
      META_APP_SECRET: 'x',
      META_API_URL: 'http://graph.example.org',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'ADMIN_TOKEN',
      'META_API_URL',
      'META_APP_SECRET',
    ]);
  });

  it.each([
    ['META_API_URL', 'http://graph.example.org'],
    ['BACKEND_SERVER_URL', 'http://backend.internal'],
    ['BACKEND_SERVER_URL', 'http://10.0.0.7:8000'],
    ['OPENAI_API_URL', 'http://127.0.0.1.example.org/v1'],
    ['TWILIO_API_URL', 'HTTP://api.twilio.com'],
    ['AWS_ENDPOINT_URL', 'http://[::2]:4566'],
  ])('rejects an unencrypted address: %s=%s', (name, value) => {
    expect(problemsOf({ ...PRODUCTION, [name]: value })).toEqual([
      expect.stringContaining(`${name} must be an https:// address`),
    ]);
    expect(problemsOf({ [name]: value })).toEqual([]);
  });

  it.each(['http://localhost:8000', 'http://127.0.0.1', 'http://127.8.9.1:1', 'http://[::1]:8000'])(
    'accepts a loopback address: %s',
    (BACKEND_SERVER_URL) => {
      expect(problemsOf({ ...PRODUCTION, BACKEND_SERVER_URL })).toEqual([]);
    },
  );
});

describe('misspelt names', () => {
  it('are suggested when the variable is missing', () => {
    const { META_APP_SECRET, ...rest } = PRODUCTION;
    expect(problemsOf({ ...rest, META_APP_SECERT: META_APP_SECRET })).toEqual([
      expect.stringContaining(
        'META_APP_SECRET is missing (there is META_APP_SECERT: did you mean META_APP_SECRET?)',
      ),
    ]);
  });

  it('cause a warning when nothing is missing', () => {
    expect(readConfig({ BATCH_WINDOW_SECOND: '5', LOG_LEVLE: 'debug' }).warnings).toEqual([
      'BATCH_WINDOW_SECOND is not a variable of this program: did you mean BATCH_WINDOW_SECONDS?',
      'LOG_LEVLE is not a variable of this program: did you mean LOGGING_LEVEL?',
    ]);
  });

  it('may lack a word', () => {
    const { warnings } = readConfig({
      BACKEND_URL: 'x',
      WHATSAPP_API_KEY: 'x',
      OPENAI_KEY: 'x',
      META_SECRET: 'x',
    });
    expect(warnings.map((warning) => warning.replace(/ is not .*mean/, ':'))).toEqual([
      'BACKEND_URL: BACKEND_SERVER_URL?',
      'WHATSAPP_API_KEY: WHATSAPP_SERVICE_API_KEY?',
      'OPENAI_KEY: OPENAI_API_KEY?',
      'META_SECRET: META_APP_SECRET?',
    ]);
  });

  it('are not found in names of other programs', () => {
    const others = [
      'API_URL',
      'AWS_PROFILE',
      'APP_SECRET',
      'PATH',
      'PWD',
      'HOME',
      'SORT',
      'STONE',
      'NODE_ENV',
      'AWS_DEFAULT_REGION',
      'MONGODB_HOST',
    ];
    expect(readConfig(Object.fromEntries(others.map((name) => [name, 'x']))).warnings).toEqual([]);
  });

  it('are ignored when the correct name is set as well', () => {
    expect(readConfig({ MONGODB_URL: 'x', MONGODB_URI: 'mongodb://x' }).warnings).toEqual([]);
  });
});

describe('the table of variables', () => {
  it('refers only to variables that exist', () => {
    const names = VARIABLES.map(({ name }) => name);
    const needed = VARIABLES.flatMap(({ requiredWhen }) =>
      requiredWhen === undefined ? [] : namesIn(requiredWhen),
    );
    expect(needed).toContain('TWILIO_ACCOUNT_SID');
    expect(names).toEqual(expect.arrayContaining([...needed]));
  });

  it('has a remedy for every required variable', () => {
    expect(
      VARIABLES.filter(({ requiredWhen, set }) => requiredWhen !== undefined && set === undefined),
    ).toEqual([]);
  });

  it('marks every variable with a name of a secret as secret', () => {
    const named = VARIABLES.filter(({ name }) => /SECRET|TOKEN|KEY|URI$/.test(name));
    expect(named.filter(({ secret }) => secret === undefined)).toEqual([]);
  });
});

function namesIn(condition: Condition): readonly string[] {
  if ('withAny' in condition) return condition.withAny;
  if ('withNone' in condition) return condition.withNone;
  if ('anyOf' in condition) return condition.anyOf.flatMap(namesIn);
  return 'allOf' in condition ? condition.allOf.flatMap(namesIn) : [condition.when];
}

describe('OTEL_EXPORTER_OTLP_HEADERS', () => {
  const read = (headers: string) =>
    readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_EXPORTER_OTLP_HEADERS: headers });

  it('has pairs with values in URL encoding', () => {
    expect(read('authorization=Basic%20a2V5, x-team=a=b').telemetry).toEqual({
      endpoint: 'http://localhost:4318',
      headers: { authorization: 'Basic a2V5', 'x-team': 'a=b' },
    });
  });

  it.each(['a-token', 'a=', '=b', 'a=b,', 'a=%zz', 'a=b%0d%0aevil: c', 'na me=b'])(
    'refuses %j',
    (headers) => {
      expect(() => read(headers)).toThrow('must be name=value pairs, comma separated');
    },
  );
});
