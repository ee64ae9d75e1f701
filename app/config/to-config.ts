/**
 * Maps the variables to the configuration of the program: adapters as unions, durations in milliseconds. The types of the
 * configuration are inferred from here.
 */
import { createHmac } from 'node:crypto';
import type { Environment } from './variables.ts';

export type Config = Readonly<ReturnType<typeof toConfig>>;
export type StoreConfig = Config['store'];

export function toConfig(values: Environment, warnings: readonly string[]) {
  return {
    deployment: values.DEPLOYMENT_TYPE,
    port: values.PORT,
    workerPort: values.WORKER_PORT,
    /** Undefined: every address of this machine. */
    host: values.HOST,
    logLevel: values.LOGGING_LEVEL,
    /** Key of the hashes of people in the log; the same in every program of a deployment. */
    logKey: logKeyOf(values),
    origins: allowedOrigins(values),
    publicUrl: values.PUBLIC_URL,
    adminToken: values.ADMIN_TOKEN,
    /** Undefined: the metrics are public. */
    metricsToken: values.METRICS_TOKEN,
    meta: {
      apiUrl: values.META_API_URL,
      apiVersion: values.META_API_VERSION,
      /** False: the deployment has Twilio alone. */
      isUsed: values.META_APP_SECRET !== undefined,
      /** At least one where Meta is used; a delivery may be signed with any of them. */
      appSecrets: values.META_APP_SECRET ?? [],
      /** Defined where Meta is used. */
      verifyToken: values.META_WEBHOOK_VERIFY_TOKEN,
      alwaysReturnOk: values.ALWAYS_RETURN_OK_TO_META,
      template: values.META_TEMPLATE,
      /** Replies are recorded, not sent. */
      mock: values.MOCK_META_API,
    },
    twilio: twilio(values),
    policy: {
      underMaintenance: values.WHATSAPP_UNDER_MAINTENANCE,
      retentionMs: values.WHATSAPP_CHAT_RETENTION_HOURS * 3_600_000,
      messageAgeMs: values.WHATSAPP_MESSAGE_AGE_THRESHOLD_SECONDS * 1000,
      batchWindowMs: values.BATCH_WINDOW_SECONDS * 1000,
      /** 0: without limit. */
      questionsPerDay: values.QUESTIONS_PER_PERSON_PER_DAY,
      sendReconcileMs: values.SEND_RECONCILE_SECONDS * 1000,
      aiNotice: values.AI_NOTICE,
      handOffMs: values.HANDOFF_HOURS * 3_600_000,
      operatorQuietMs: values.OPERATOR_QUIET_HOURS * 3_600_000,
    },
    telemetry: telemetry(values),
    assistant: assistant(values),
    /** Also for assistants of businesses, which may have none of their own. */
    openAiUrl: values.OPENAI_API_URL,
    handOff: handOff(values),
    store: store(values),
    queue: queue(values),
    businesses: businesses(values),
    /** The AWS SDK finds endpoints and credentials itself. */
    aws: { region: values.AWS_REGION },
    /** Sentences about names in the environment that look like misspelt variables. */
    warnings,
  };
}

/** Returns `ORIGINS` and the deployment's own: of the backend, of this service, and in `local` of this machine. */
function allowedOrigins(values: Environment): readonly string[] {
  const own = [values.BACKEND_SERVER_URL, values.PUBLIC_URL].map((url) => URL.parse(url ?? '')?.origin);
  const machine = ['localhost', '127.0.0.1'].flatMap((host) =>
    ['3000', '8000', '8001', '8002', '8081'].map((port) => `http://${host}:${port}`),
  );
  const local = values.DEPLOYMENT_TYPE === 'local' ? machine : [];
  const all = [...(values.ORIGINS ?? []), ...own, ...local];
  return [...new Set(all.filter((origin) => origin !== undefined))];
}

/** Meta's where both are set, so that adding Twilio changes no hash. */
/** Returns the key of the hashes in the log. */
export function logKeyOf({
  META_APP_SECRET,
  TWILIO_AUTH_TOKEN,
}: Partial<Pick<Environment, 'META_APP_SECRET' | 'TWILIO_AUTH_TOKEN'>>): Buffer {
  const secret = (META_APP_SECRET ?? TWILIO_AUTH_TOKEN ?? []).join();
  return createHmac('sha256', secret).update('who, in the logs of ansari-whatsapp').digest();
}

/** Undefined: traces are not exported. */
function telemetry({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS = {} }: Environment) {
  if (OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined;
  return { endpoint: OTEL_EXPORTER_OTLP_ENDPOINT, headers: OTEL_EXPORTER_OTLP_HEADERS };
}

function twilio(values: Environment) {
  if (values.TWILIO_ACCOUNT_SID === undefined) return undefined;
  return {
    accountSid: values.TWILIO_ACCOUNT_SID,
    /** At least one; the first one sends, and a delivery may be signed with any of them. */
    authTokens: required(values, 'TWILIO_AUTH_TOKEN'),
    number: required(values, 'TWILIO_WHATSAPP_NUMBER'),
    apiUrl: values.TWILIO_API_URL,
    template: values.TWILIO_TEMPLATE,
    publicUrl: required(values, 'PUBLIC_URL'),
  };
}

function assistant(values: Environment) {
  const kind = values.ASSISTANT;
  switch (kind) {
    case 'ansari':
      return { kind, url: values.BACKEND_SERVER_URL, apiKey: required(values, 'WHATSAPP_SERVICE_API_KEY') };
    case 'openai':
      return {
        kind,
        url: values.OPENAI_API_URL,
        apiKey: required(values, 'OPENAI_API_KEY'),
        model: required(values, 'OPENAI_MODEL'),
        instructions: values.OPENAI_INSTRUCTIONS,
      };
    case 'echo':
      return { kind };
  }
}

/** Where hand-offs are delivered, beside the log. */
function handOff(values: Environment) {
  const { HANDOFF_QUEUE_URL: queueUrl, HANDOFF_WEBHOOK_URL: url } = values;
  const webhook = url === undefined ? undefined : { url, secret: required(values, 'HANDOFF_WEBHOOK_SECRET') };
  return { queueUrl, webhook };
}

function store(values: Environment) {
  const kind = values.STORE;
  switch (kind) {
    case 'sqlite':
      return { kind, path: values.SQLITE_PATH };
    case 'dynamodb':
      return {
        kind,
        conversationsTable: required(values, 'CONVERSATIONS_TABLE'),
        stageTable: required(values, 'CONVERSATIONS_STAGE_TABLE'),
        triggerLockTable: required(values, 'CONVERSATIONS_TRIGGER_LOCK_TABLE'),
      };
    case 'memory':
      return { kind };
  }
}

function queue(values: Environment) {
  const kind = values.QUEUE;
  return kind === 'sqs' ? { kind, url: required(values, 'WHATSAPP_QUEUE_URL') } : { kind };
}

function businesses(values: Environment) {
  const kind = values.BUSINESSES;
  switch (kind) {
    case 'env':
      return {
        kind,
        /** Meta's; undefined where the deployment has Twilio alone. */
        number: values.META_BUSINESS_PHONE_NUMBER_ID,
        accessToken: values.META_ACCESS_TOKEN_FROM_SYS_USER,
      };
    case 'mongodb':
      return {
        kind,
        uri: required(values, 'MONGODB_URI'),
        database: required(values, 'MONGODB_DB_NAME'),
        maxPoolSize: values.MONGODB_MAX_POOL_SIZE,
        minPoolSize: values.MONGODB_MIN_POOL_SIZE,
        cacheTtlMs: values.BUSINESS_CACHE_TTL * 1000,
        cacheSize: values.BUSINESS_CACHE_SIZE,
        warmup: values.WARMUP_CACHE,
        /** At least one; the first one encrypts. */
        encryptionKeys: required(values, 'ENCRYPTION_SECRET'),
      };
  }
}

/** Returns the value of a variable that `requiredWhen` demands here; `problemsOf` has reported a missing one. */
function required<Name extends keyof Environment>(
  values: Environment,
  name: Name,
): NonNullable<Environment[Name]> {
  const value = values[name];
  if (value === undefined || value === null)
    throw new Error(`${name} has no value, and problemsOf did not report it`);
  return value;
}
