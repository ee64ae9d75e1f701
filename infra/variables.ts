/**
 * The application's variables in AWS: which program gets each one, which are secret, and when one must be there. Both
 * programs check the whole configuration when they start, so both get whatever must be there.
 * `app/config.ts` has its own table; a test holds the two against each other.
 */

/** The two programs of the design: the door answers the platforms, the worker answers the people. */
export type Program = 'door' | 'worker';

export interface Variable {
  readonly name: string;
  readonly secret: boolean;
  readonly readBy: readonly Program[];
  /** Set by the infrastructure itself; an operator cannot. */
  readonly fixed?: true;
  /** The variables chosen so far decide whether this one must be given. Absent: it never must. */
  readonly needed?: (chosen: Readonly<Record<string, string | undefined>>) => boolean;
}

const both = ['door', 'worker'] as const;
const door = ['door'] as const;
const worker = ['worker'] as const;

type Chosen = Readonly<Record<string, string | undefined>>;
const always = () => true;
const oneNumber = (chosen: Chosen) => (chosen.BUSINESSES ?? 'env') === 'env';
const manyNumbers = (chosen: Chosen) => chosen.BUSINESSES === 'mongodb';
const ansari = (chosen: Chosen) => (chosen.ASSISTANT ?? 'ansari') === 'ansari';
const openai = (chosen: Chosen) => chosen.ASSISTANT === 'openai';
const twilio = (chosen: Chosen) =>
  chosen.TWILIO_ACCOUNT_SID !== undefined || chosen.TWILIO_WHATSAPP_NUMBER !== undefined;

function plain(name: string, readBy: readonly Program[], needed?: Variable['needed']): Variable {
  return { name, secret: false, readBy, ...(needed === undefined ? {} : { needed }) };
}

function secret(name: string, readBy: readonly Program[], needed?: Variable['needed']): Variable {
  return { ...plain(name, readBy, needed), secret: true };
}

function fixed(name: string, readBy: readonly Program[]): Variable {
  return { ...plain(name, readBy), fixed: true };
}

export const VARIABLES: readonly Variable[] = [
  fixed('DEPLOYMENT_TYPE', both),
  fixed('STORE', both),
  fixed('CONVERSATIONS_TABLE', both),
  fixed('CONVERSATIONS_STAGE_TABLE', both),
  fixed('CONVERSATIONS_TRIGGER_LOCK_TABLE', both),
  fixed('QUEUE', both),
  fixed('WHATSAPP_QUEUE_URL', both),
  // Lambda sets it for the worker and takes it from nobody.
  fixed('AWS_REGION', door),

  plain('LOGGING_LEVEL', both),
  plain('ORIGINS', door),
  plain('PUBLIC_URL', both, twilio),
  plain('ALWAYS_RETURN_OK_TO_META', door),
  plain('WHATSAPP_UNDER_MAINTENANCE', both),
  plain('BATCH_WINDOW_SECONDS', both),
  plain('WHATSAPP_MESSAGE_AGE_THRESHOLD_SECONDS', both),
  plain('WHATSAPP_CHAT_RETENTION_HOURS', worker),
  plain('QUESTIONS_PER_PERSON_PER_DAY', worker),
  plain('SEND_RECONCILE_SECONDS', worker),
  secret('ADMIN_TOKEN', door),
  secret('METRICS_TOKEN', door),

  plain('META_BUSINESS_PHONE_NUMBER_ID', both, oneNumber),
  secret('META_WEBHOOK_VERIFY_TOKEN', both, always),
  secret('META_APP_SECRET', both, always),
  plain('META_API_URL', worker),
  plain('META_API_VERSION', worker),
  secret('META_ACCESS_TOKEN_FROM_SYS_USER', both, oneNumber),
  plain('MOCK_META_API', worker),

  plain('ASSISTANT', both),
  plain('BACKEND_SERVER_URL', both, ansari),
  secret('WHATSAPP_SERVICE_API_KEY', both, ansari),
  plain('OPENAI_API_URL', worker),
  secret('OPENAI_API_KEY', both, openai),
  plain('OPENAI_MODEL', both, openai),
  plain('OPENAI_INSTRUCTIONS', worker),

  plain('BUSINESSES', both),
  secret('MONGODB_URI', both, manyNumbers),
  plain('MONGODB_DB_NAME', both, manyNumbers),
  plain('MONGODB_MAX_POOL_SIZE', both),
  plain('MONGODB_MIN_POOL_SIZE', both),
  plain('BUSINESS_CACHE_TTL', both),
  plain('BUSINESS_CACHE_SIZE', both),
  plain('WARMUP_CACHE', both),
  secret('ENCRYPTION_SECRET', both, manyNumbers),

  plain('TWILIO_ACCOUNT_SID', both, twilio),
  secret('TWILIO_AUTH_TOKEN', both, twilio),
  plain('TWILIO_WHATSAPP_NUMBER', both, twilio),
  plain('TWILIO_API_URL', worker),
];

/**
 * Variables of the application that a stack never carries: they choose a file or a port of one machine, are the AWS
 * SDK's own, or say in an older way what another one says.
 */
export const NOT_IN_AWS: readonly string[] = [
  'PORT',
  'HOST',
  'SQLITE_PATH',
  'AWS_ENDPOINT_URL',
  'MOCK_ANSARI_CLIENT',
];

/** `META_APP_SECRET` is the parameter `meta-app-secret`. */
export function kebabCase(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-');
}
