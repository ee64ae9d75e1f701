/** Configurations that a stack can be set up with. */

export const DIGEST = `123456789012.dkr.ecr.us-west-2.amazonaws.com/ansari-whatsapp@sha256:${'a1'.repeat(32)}`;

export const SECRETS = {
  META_APP_SECRET: 'app-secret-of-a-test',
  META_WEBHOOK_VERIFY_TOKEN: 'verify-token-of-a-test',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'access-token-of-a-test',
  WHATSAPP_SERVICE_API_KEY: 'service-key-of-a-test',
  ADMIN_TOKEN: 'admin-token-of-a-test',
};

export const PLAIN = {
  META_BUSINESS_PHONE_NUMBER_ID: '100000000000001',
  BACKEND_SERVER_URL: 'https://backend.example.org',
  WHATSAPP_CHAT_RETENTION_HOURS: '3',
};

/** Of a stack that looks its businesses up in MongoDB; the number and token of `BUSINESSES=env` are not among them. */
export const MANY_BUSINESSES = {
  plain: { BUSINESSES: 'mongodb', MONGODB_DB_NAME: 'ansari', BACKEND_SERVER_URL: PLAIN.BACKEND_SERVER_URL },
  keys: {
    META_ACCESS_TOKEN_FROM_SYS_USER: undefined,
    MONGODB_URI: 'mongodb+srv://ansari:password-of-a-test@cluster.example.org',
    ENCRYPTION_SECRET: `k1:${Buffer.from('the key of a test, 32 bytes long').toString('base64')}`,
    privateSubnets: '["subnet-0123456789abcdef2","subnet-0123456789abcdef3"]',
    securityGroups: '["sg-0123456789abcdef0"]',
  },
};

const own = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`ansari-whatsapp:${key}`, value]));

export const ENCRYPTED = Object.keys(own({ ...SECRETS, MONGODB_URI: '', ENCRYPTION_SECRET: '' }));

/** As long as real ones are, since IAM counts the characters of a policy. */
export const STATE_BUCKET = 'ansari-whatsapp-state-123456789012';
export const stateKey = (stack: string) =>
  `arn:aws:kms:us-west-2:123456789012:key/00000000-0000-0000-0000-00${stack.padEnd(10, '-')}`;

/** Roles that an operator keeps outside of the program. */
export const OPERATOR_ROLES = ['AnsariInstanceRole', 'AnsariAccessRole'].map(
  (name) => `arn:aws:iam::123456789012:role/${name}`,
);

export const SHARED_CONFIG: Readonly<Record<string, string>> = {
  'aws:region': 'us-west-2',
  ...own({
    github: 'example/ansari',
    githubOwnerId: '4711',
    githubRepositoryId: '815',
    alarmEmail: 'operators@example.org',
    stateBucket: STATE_BUCKET,
    stateKeyArn: stateKey('shared'),
    stagingStateKeyArn: stateKey('staging'),
    productionStateKeyArn: stateKey('production'),
    passableRoleArns: JSON.stringify(OPERATOR_ROLES),
  }),
};

/** Of `staging` and `production`; `more` wins. A key whose value is undefined is left out. */
export function environmentConfig(
  more: Readonly<Record<string, string | undefined>> = {},
  plain: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const values = {
    image: DIGEST,
    workerBundle: 'test/infra/bundle',
    environment: JSON.stringify({ ...PLAIN, ...plain }),
    ...SECRETS,
    ...more,
  };
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { 'aws:region': 'us-west-2', ...own(Object.fromEntries(given)) };
}

/** Everything that is optional, for each compute. */
export const WITH_ALL = {
  apprunner: { alarmEmail: 'operators@example.org', tracing: 'true', domain: 'whatsapp.example.org' },
  'ecs-express': {
    alarmEmail: 'operators@example.org',
    subnets: '["subnet-0123456789abcdef1","subnet-0123456789abcdef0"]',
    securityGroups: '["sg-0123456789abcdef0"]',
  },
};
