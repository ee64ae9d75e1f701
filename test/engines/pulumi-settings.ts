/** The requirements of the suites with Pulumi's engine, and their configuration of a stack. */
import { spawnSync } from 'node:child_process';

const HAS_CLI = spawnSync('pulumi', ['version']).status === 0;
export const ENDPOINT = process.env.AWS_ENDPOINT_URL ?? '';
/** The missing requirements of these suites. */
export const MISSING = [
  ...(HAS_CLI ? [] : ['no pulumi on PATH']),
  ...(ENDPOINT === '' ? ['no AWS_ENDPOINT_URL'] : []),
];

/** moto has neither App Runner nor ECS Express Mode. Pulumi's own plugin, which is never on PATH, would need them. */
const PRETENDS = spawnSync('sh', ['-c', 'command -v pulumi-resource-aws']).status === 0;
export const NO_APP_RUNNER = PRETENDS ? [] : ['no aws plugin on PATH that pretends App Runner'];

export const SECRETS = {
  META_APP_SECRET: 'app-secret-of-an-engine-test',
  META_WEBHOOK_VERIFY_TOKEN: 'verify-token-of-an-engine-test',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'access-token-of-an-engine-test',
  WHATSAPP_SERVICE_API_KEY: 'service-key-of-an-engine-test',
};

/** A stack that looks its businesses up in MongoDB, with the secrets that this takes. */
export const MANY_BUSINESSES = {
  plain: { 'environment.BUSINESSES': 'mongodb', 'environment.MONGODB_DB_NAME': 'ansari' },
  secret: {
    MONGODB_URI: 'mongodb+srv://ansari:password-of-a-test@cluster.example.org',
    ENCRYPTION_SECRET: `k1:${Buffer.from('the key of a test, 32 bytes long').toString('base64')}`,
  },
};

export const digest = (of: string) =>
  `123456789012.dkr.ecr.us-west-2.amazonaws.com/ansari-whatsapp@sha256:${of.repeat(64)}`;

export const PLAIN = {
  'environment.META_BUSINESS_PHONE_NUMBER_ID': '100000000000001',
  'environment.BACKEND_SERVER_URL': 'https://backend.example.org',
  image: digest('1'),
};
