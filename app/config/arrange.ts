/**
 * From the variables to what the program asks for: kinds as unions, durations in milliseconds.
 */
import { createHmac } from 'node:crypto';
import type { AssistantConfig, BusinessesConfig, Config, StoreConfig, TwilioConfig } from './config.ts';
import { given } from './given.ts';
import type { Environment } from './variables.ts';

export function arrange(values: Environment, warnings: readonly string[]): Config {
  const deployment = given(values.DEPLOYMENT_TYPE);
  const appSecrets = given(values.META_APP_SECRET);
  return {
    deployment,
    port: given(values.PORT),
    host: values.HOST,
    logLevel: given(values.LOGGING_LEVEL),
    logKey: createHmac('sha256', appSecrets.join()).update('who, in the logs of ansari-whatsapp').digest(),
    origins: allowedOrigins(values),
    publicUrl: values.PUBLIC_URL,
    adminToken: values.ADMIN_TOKEN,
    metricsToken: values.METRICS_TOKEN,
    meta: {
      apiUrl: given(values.META_API_URL),
      apiVersion: given(values.META_API_VERSION),
      appSecrets,
      verifyToken: given(values.META_WEBHOOK_VERIFY_TOKEN),
      alwaysReturnOk: given(values.ALWAYS_RETURN_OK_TO_META),
      mock: given(values.MOCK_META_API),
    },
    twilio: twilio(values),
    policy: {
      underMaintenance: given(values.WHATSAPP_UNDER_MAINTENANCE),
      retentionMs: given(values.WHATSAPP_CHAT_RETENTION_HOURS) * 3_600_000,
      messageAgeMs: given(values.WHATSAPP_MESSAGE_AGE_THRESHOLD_SECONDS) * 1000,
      batchWindowMs: given(values.BATCH_WINDOW_SECONDS) * 1000,
      questionsPerDay: given(values.QUESTIONS_PER_PERSON_PER_DAY),
      sendReconcileMs: given(values.SEND_RECONCILE_SECONDS) * 1000,
    },
    assistant: assistant(values),
    store: store(values),
    queue:
      given(values.QUEUE) === 'sqs'
        ? { kind: 'sqs', url: given(values.WHATSAPP_QUEUE_URL) }
        : { kind: 'inline' },
    businesses: businesses(values),
    aws: { region: values.AWS_REGION },
    warnings,
  };
}

/** With those that belong to the environment itself: the backend's pages, our own, this machine's. */
function allowedOrigins(values: Environment): string[] {
  const own = [values.BACKEND_SERVER_URL, values.PUBLIC_URL].map((url) => URL.parse(url ?? '')?.origin);
  const machine = ['localhost', '127.0.0.1'].flatMap((host) =>
    ['3000', '8000', '8001', '8002', '8081'].map((port) => `http://${host}:${port}`),
  );
  const local = values.DEPLOYMENT_TYPE === 'local' ? machine : [];
  const all = [...(values.ORIGINS ?? []), ...own, ...local];
  return [...new Set(all.filter((origin) => origin !== undefined))];
}

function twilio(values: Environment): TwilioConfig | undefined {
  if (values.TWILIO_ACCOUNT_SID === undefined) return undefined;
  return {
    accountSid: values.TWILIO_ACCOUNT_SID,
    authToken: given(values.TWILIO_AUTH_TOKEN),
    number: given(values.TWILIO_WHATSAPP_NUMBER),
    apiUrl: given(values.TWILIO_API_URL),
    publicUrl: given(values.PUBLIC_URL),
  };
}

function assistant(values: Environment): AssistantConfig {
  const kind = given(values.ASSISTANT);
  switch (kind) {
    case 'ansari':
      return { kind, url: given(values.BACKEND_SERVER_URL), apiKey: given(values.WHATSAPP_SERVICE_API_KEY) };
    case 'openai':
      return {
        kind,
        url: given(values.OPENAI_API_URL),
        apiKey: given(values.OPENAI_API_KEY),
        model: given(values.OPENAI_MODEL),
        instructions: values.OPENAI_INSTRUCTIONS,
      };
    case 'echo':
      return { kind };
  }
}

function store(values: Environment): StoreConfig {
  const kind = given(values.STORE);
  switch (kind) {
    case 'sqlite':
      return { kind, path: given(values.SQLITE_PATH) };
    case 'dynamodb':
      return {
        kind,
        conversationsTable: given(values.CONVERSATIONS_TABLE),
        stageTable: given(values.CONVERSATIONS_STAGE_TABLE),
        triggerLockTable: given(values.CONVERSATIONS_TRIGGER_LOCK_TABLE),
      };
    case 'memory':
      return { kind };
  }
}

function businesses(values: Environment): BusinessesConfig {
  const kind = given(values.BUSINESSES);
  switch (kind) {
    case 'env':
      return {
        kind,
        number: given(values.META_BUSINESS_PHONE_NUMBER_ID),
        accessToken: given(values.META_ACCESS_TOKEN_FROM_SYS_USER),
      };
    case 'mongodb':
      return {
        kind,
        uri: given(values.MONGODB_URI),
        database: given(values.MONGODB_DB_NAME),
        maxPoolSize: given(values.MONGODB_MAX_POOL_SIZE),
        minPoolSize: given(values.MONGODB_MIN_POOL_SIZE),
        cacheTtlMs: given(values.BUSINESS_CACHE_TTL) * 1000,
        cacheSize: given(values.BUSINESS_CACHE_SIZE),
        warmup: given(values.WARMUP_CACHE),
        encryptionKeys: given(values.ENCRYPTION_SECRET),
      };
  }
}
