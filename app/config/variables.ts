/**
 * The table of variables. The parsed environment and its types, the problems of a configuration, `.env.example`,
 * `docs/configuration.md`, the parameters of a stack and their readers all derive from it. A new variable is a row here
 * and its use.
 */
import { z } from 'zod';
import {
  accountSid,
  boolean,
  connectionString,
  contentSid,
  digits,
  encryptionKeys,
  graphVersion,
  headerText,
  httpUrl,
  httpUrlBefore,
  integer,
  level,
  listenHost,
  metaTemplate,
  number,
  oneOf,
  origins,
  otlpHeaders,
  secrets,
  text,
  whatsAppNumber,
} from './schemas.ts';
import { type Condition, rowOf, type Variable, variable } from './variable.ts';

const BOTH = ['web service', 'worker'] as const;

const OF_TWILIO = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_WHATSAPP_NUMBER'];
const TWILIO: Condition = { withAny: OF_TWILIO };

/** A deployment may have Twilio alone: then none of Meta's is needed. */
const META: Condition = {
  anyOf: [
    {
      withAny: [
        ...['META_BUSINESS_PHONE_NUMBER_ID', 'META_ACCESS_TOKEN_FROM_SYS_USER'],
        ...['META_WEBHOOK_VERIFY_TOKEN', 'META_APP_SECRET'],
      ],
    },
    { when: 'BUSINESSES', is: 'mongodb' },
    { withNone: OF_TWILIO },
  ],
};
/** The one number of the environment. */
const META_NUMBER: Condition = { allOf: [META, { when: 'BUSINESSES', is: 'env' }] };

/** For tokens that the operator chooses. */
const RANDOM = 'something that nobody can guess, such as the output of: openssl rand -hex 32';

const GROUPS = {
  'The program': {
    DEPLOYMENT_TYPE: variable(oneOf(['local', 'development', 'staging', 'production']), {
      about: 'Where this runs. Secrets have development defaults in `local` and must be set everywhere else.',
      default: 'local',
      readBy: BOTH,
      setBy: 'infra',
    }),
    PORT: variable(integer(0, 65_535), {
      about: 'The port of the webhook app; 0 takes any free one.',
      default: '8001',
    }),
    WORKER_PORT: variable(integer(0, 65_535), {
      about:
        'The port on which a worker that polls (`npm start -- --worker`) serves `/metrics`, `/health` and `/ready`; 0 takes any free one.',
      default: '8003',
    }),
    HOST: variable(listenHost, {
      about:
        'The address of this machine that the webhook app listens on: `127.0.0.1` for this machine alone, `0.0.0.0` for every IPv4 address, `::` for every address. Outside `local` without one: every address.',
      local: '127.0.0.1',
    }),
    LOGGING_LEVEL: variable(level, {
      about:
        'The least level that is logged: trace, debug, info, warn, error or silent. Deliveries that went well are logged at debug.',
      default: 'info',
      aliases: ['LOG_LEVEL'],
      readBy: BOTH,
    }),
    ORIGINS: variable(origins, {
      about:
        "Origins whose pages may call this app (CORS), comma separated. The environment's own are added: the backend's, `PUBLIC_URL`'s, and in `local` this machine's.",
      readBy: ['web service'],
    }),
    PUBLIC_URL: variable(httpUrl, {
      about:
        "This app's address as the platforms see it, without path, such as https://whatsapp.example.org. Twilio signs it.",
      requiredWhen: TWILIO,
      set: 'the https:// address that is entered at Twilio, without its path',
      readBy: BOTH,
    }),
    ADMIN_TOKEN: variable(headerText, {
      about: 'The bearer token of the routes under `/admin`; without it they do not exist.',
      secret: 'token',
      set: RANDOM,
      readBy: ['web service'],
    }),
    METRICS_TOKEN: variable(headerText, {
      about: 'The bearer token of `/metrics`; without it that page is open to everybody.',
      secret: 'token',
      set: RANDOM,
      readBy: ['web service'],
    }),
    OTEL_EXPORTER_OTLP_ENDPOINT: variable(httpUrl, {
      about:
        'The collector that traces are sent to over OTLP/HTTP, such as http://localhost:4318; without it none are sent. They hold no text, number or token.',
      readBy: BOTH,
    }),
    OTEL_EXPORTER_OTLP_HEADERS: variable(otlpHeaders, {
      about: 'Headers for the collector: `name=value`, comma separated, with values in URL encoding.',
      secret: 'headers',
      set: 'what the vendor of the collector names, such as: authorization=Bearer%20...',
      readBy: BOTH,
    }),
  },

  'The assistant': {
    ASSISTANT: variable(oneOf(['ansari', 'openai', 'echo']), {
      about: 'Who answers: `ansari` (the backend below), `openai`, or `echo`, which repeats the question.',
      default: 'ansari',
      readBy: BOTH,
    }),
    MOCK_ANSARI_CLIENT: variable(boolean, {
      about: 'An older way to say `ASSISTANT=echo`; ignored where `ASSISTANT` is set.',
      default: 'false',
    }),
    BACKEND_SERVER_URL: variable(httpUrlBefore(/\/whatsapp\/v2$/, '/whatsapp/v2'), {
      about: 'The address of ansari-backend, without `/whatsapp/v2`.',
      default: 'http://localhost:8000',
      readBy: BOTH,
      upstream: true,
      requiredInAws: { when: 'ASSISTANT', is: 'ansari' },
    }),
    WHATSAPP_SERVICE_API_KEY: variable(headerText, {
      about: 'Proves to ansari-backend who calls; sent as `X-Whatsapp-Api-Key`.',
      local: 'development-backend-key',
      secret: 'token',
      requiredWhen: { when: 'ASSISTANT', is: 'ansari' },
      set: 'the key that ansari-backend has under the same name',
      readBy: BOTH,
    }),
    OPENAI_API_URL: variable(httpUrl, {
      about:
        'The address of the Responses API, with its version: of OpenAI, or of another server that has it. docs/openai.md says what other servers lack.',
      default: 'https://api.openai.com/v1',
      readBy: ['worker'],
      upstream: true,
    }),
    OPENAI_API_KEY: variable(headerText, {
      about:
        'The key for that API, or the JSON object `{"ai_api_key": "<key>"}`; any value for a server without keys.',
      secret: 'token',
      requiredWhen: { when: 'ASSISTANT', is: 'openai' },
      set: 'a key of the OpenAI project',
      readBy: BOTH,
    }),
    OPENAI_MODEL: variable(text, {
      about: 'The model that answers.',
      requiredWhen: { when: 'ASSISTANT', is: 'openai' },
      set: 'the name of a model that the key may use',
      readBy: BOTH,
    }),
    OPENAI_INSTRUCTIONS: variable(text, {
      about:
        'Instructions that the model gets with every question, also when a person has to take over. The form of its replies is added.',
      readBy: ['worker'],
    }),
  },

  'WhatsApp, from Meta': {
    META_API_URL: variable(httpUrlBefore(/\/v\d+\.\d+$/, 'the version'), {
      about: 'The address of the Graph API, without version.',
      default: 'https://graph.facebook.com',
      readBy: ['worker'],
      upstream: true,
    }),
    META_API_VERSION: variable(graphVersion, {
      about: 'The version of the Graph API, v21.0 or newer.',
      default: 'v25.0',
      olderNames: ['WHATSAPP_API_VERSION'],
      readBy: ['worker'],
    }),
    META_BUSINESS_PHONE_NUMBER_ID: variable(digits, {
      about: 'The id of the number that people write to, for `BUSINESSES=env`. It is not the phone number.',
      local: '100000000000001',
      olderNames: ['WHATSAPP_BUSINESS_PHONE_NUMBER_ID', 'WHATSAPP_PHONE_NUMBER_ID'],
      requiredWhen: META_NUMBER,
      set: 'the phone number id shown in the Meta app dashboard under WhatsApp, API Setup',
      readBy: BOTH,
    }),
    META_WABA_ID: variable(digits, {
      about:
        'The id of the WhatsApp Business Account of that number, for `npm run meta` alone, which otherwise asks Meta for it.',
      set: 'the WhatsApp Business Account id shown in the Meta app dashboard under WhatsApp, API Setup',
    }),
    META_ACCESS_TOKEN_FROM_SYS_USER: variable(headerText, {
      about: 'The token with which that number sends, for `BUSINESSES=env`.',
      local: 'development-access-token',
      secret: 'token',
      olderNames: ['WHATSAPP_ACCESS_TOKEN_FROM_SYS_USER', 'WHATSAPP_TOKEN'],
      requiredWhen: META_NUMBER,
      set: 'a token of a system user (Meta Business settings, System users) that does not expire',
      readBy: BOTH,
    }),
    META_WEBHOOK_VERIFY_TOKEN: variable(text, {
      about: 'Meta repeats it when the webhook address is entered or changed.',
      local: 'development-verify-token',
      secret: 'token',
      olderNames: ['WHATSAPP_VERIFY_TOKEN_FOR_WEBHOOK', 'WHATSAPP_VERIFY_TOKEN'],
      requiredWhen: META,
      set: 'the verify token entered in the Meta app dashboard under WhatsApp, Configuration',
      readBy: BOTH,
    }),
    META_APP_SECRET: variable(secrets, {
      about: 'Meta signs every delivery with it. While one is rotated: both, comma separated.',
      local: 'development-app-secret',
      secret: 'tokens',
      aliases: ['META_ANSARI_APP_SECRET'],
      requiredWhen: META,
      set: 'the app secret shown in the Meta app dashboard under App settings, Basic',
      readBy: BOTH,
    }),
    ALWAYS_RETURN_OK_TO_META: variable(boolean, {
      about:
        'Whether a signed delivery that nobody can read is answered 200 instead of 400. One that could not be stored is answered 503 either way.',
      default: 'true',
      readBy: ['web service'],
    }),
    META_TEMPLATE: variable(metaTemplate, {
      about:
        'The approved template that is sent instead of an answer when the 24-hour window is over: name and language, such as answer_ready/en_US. Without it, what cannot be answered becomes a dead letter.',
      set: 'the name and the language of an approved template without variables, such as answer_ready/en_US',
      readBy: ['worker'],
    }),
    MOCK_META_API: variable(boolean, {
      about: 'Replies are recorded instead of sent.',
      default: 'false',
      readBy: ['worker'],
    }),
  },

  Conversations: {
    WHATSAPP_UNDER_MAINTENANCE: variable(boolean, {
      about: 'Answers everyone that the assistant is down for maintenance.',
      default: 'false',
      readBy: BOTH,
    }),
    WHATSAPP_CHAT_RETENTION_HOURS: variable(number(0, 8760), {
      about: 'After this long without a message the assistant begins a new thread.',
      default: '3',
      readBy: ['worker'],
    }),
    WHATSAPP_MESSAGE_AGE_THRESHOLD_SECONDS: variable(number(0, 31_536_000), {
      about: 'Messages older than this are recorded and not answered by the assistant.',
      default: '86400',
      readBy: BOTH,
    }),
    BATCH_WINDOW_SECONDS: variable(number(0, 900), {
      about: 'What one person sends within it is answered together.',
      default: '1',
      readBy: BOTH,
    }),
    QUESTIONS_PER_PERSON_PER_DAY: variable(integer(0, 1_000_000), {
      about:
        'How many times in 24 hours, which begin with the first one, the assistant is asked for one person; 0: without limit. What is answered together counts once.',
      default: '200',
      readBy: ['worker'],
    }),
    AI_NOTICE: variable(boolean, {
      about:
        'Whether the first answer to a person begins with one line that says that a machine answers (EU AI Act, Article 50).',
      default: 'true',
      readBy: ['worker'],
    }),
    SEND_RECONCILE_SECONDS: variable(number(0, 300), {
      about:
        'How long a part whose sending ended in doubt waits for a status from the platform before it is sent again.',
      default: '20',
      readBy: ['worker'],
    }),
  },

  'Hand-off to a person': {
    HANDOFF_HOURS: variable(number(0, 8760), {
      about:
        'How long the assistant is quiet after it handed a conversation to a person, unless `npm run conversations -- resume` ends it earlier.',
      default: '24',
      readBy: ['worker'],
    }),
    OPERATOR_QUIET_HOURS: variable(number(0, 8760), {
      about:
        'How long the assistant is quiet after somebody wrote to the person from the WhatsApp Business app; 0: it does not notice.',
      default: '4',
      readBy: ['worker'],
    }),
    HANDOFF_QUEUE_URL: variable(httpUrl, {
      about: 'The SQS queue of hand-offs, for programs that bring them to an operator.',
      readBy: ['worker'],
      setBy: 'infra',
    }),
    HANDOFF_WEBHOOK_URL: variable(httpUrl, {
      about: 'Hand-offs are posted to this address as JSON.',
      readBy: ['worker'],
      upstream: true,
    }),
    HANDOFF_WEBHOOK_SECRET: variable(headerText, {
      about: 'Signs those posts: HMAC-SHA256 of the body, in the header `X-Signature-256`.',
      secret: 'token',
      requiredWhen: { withAny: ['HANDOFF_WEBHOOK_URL'] },
      set: RANDOM,
      readBy: BOTH,
    }),
  },

  'Store and queue': {
    STORE: variable(oneOf(['sqlite', 'dynamodb', 'memory']), {
      about:
        'Where messages are kept until they are answered. `memory` forgets everything at exit: for tests and measuring.',
      default: 'sqlite',
      readBy: BOTH,
      setBy: 'infra',
    }),
    SQLITE_PATH: variable(text, {
      about: 'The database file; its folder is made if it is missing.',
      default: 'data/ansari-whatsapp.db',
    }),
    CONVERSATIONS_TABLE: variable(text, {
      about: 'The table of conversations.',
      requiredWhen: { when: 'STORE', is: 'dynamodb' },
      set: 'the name of the DynamoDB table',
      readBy: BOTH,
      setBy: 'infra',
    }),
    CONVERSATIONS_STAGE_TABLE: variable(text, {
      about: 'The table of waiting messages and remembered ids.',
      requiredWhen: { when: 'STORE', is: 'dynamodb' },
      set: 'the name of the DynamoDB table',
      readBy: BOTH,
      setBy: 'infra',
    }),
    CONVERSATIONS_TRIGGER_LOCK_TABLE: variable(text, {
      about: 'The table that knows which wake-ups are on their way.',
      requiredWhen: { when: 'STORE', is: 'dynamodb' },
      set: 'the name of the DynamoDB table',
      readBy: BOTH,
      setBy: 'infra',
    }),
    QUEUE: variable(oneOf(['inline', 'sqs']), {
      about: 'Who works on a stored message: this process (`inline`) or the worker behind a queue.',
      default: 'inline',
      readBy: BOTH,
      setBy: 'infra',
    }),
    WHATSAPP_QUEUE_URL: variable(httpUrl, {
      about: 'The queue of wake-ups.',
      requiredWhen: { when: 'QUEUE', is: 'sqs' },
      set: 'the URL of the SQS queue',
      readBy: BOTH,
      setBy: 'infra',
    }),
    AWS_REGION: variable(text, {
      about: 'As the AWS SDK reads it.',
      readBy: ['web service'],
      setBy: 'infra',
    }),
    AWS_ENDPOINT_URL: variable(httpUrl, {
      about:
        'As the AWS SDK reads it: another address for all of AWS. `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS` and `AWS_ENDPOINT_URL_SSM` win for their service.',
      upstream: true,
    }),
  },

  Businesses: {
    BUSINESSES: variable(oneOf(['env', 'mongodb']), {
      about:
        'Where businesses are looked up: `env` is the one number above; `mongodb` is the collection `businesses` of the database below, one document for each business.',
      default: 'env',
      readBy: BOTH,
    }),
    MONGODB_URI: variable(connectionString, {
      about:
        'The connection string of the database that holds the businesses. Outside `local` it has TLS (`mongodb+srv://`, or `tls=true`), unless the database is on the same machine.',
      secret: 'connection string',
      requiredWhen: { when: 'BUSINESSES', is: 'mongodb' },
      set: 'a mongodb:// or mongodb+srv:// connection string',
      readBy: BOTH,
    }),
    MONGODB_DB_NAME: variable(text, {
      about: 'The name of that database.',
      requiredWhen: { when: 'BUSINESSES', is: 'mongodb' },
      set: 'the name of the database',
      readBy: BOTH,
    }),
    MONGODB_MAX_POOL_SIZE: variable(integer(1, 10_000), {
      about: 'The most connections to it.',
      default: '100',
      readBy: BOTH,
    }),
    MONGODB_MIN_POOL_SIZE: variable(integer(0, 10_000), {
      about: 'Connections kept open to it.',
      default: '10',
      readBy: BOTH,
    }),
    BUSINESS_CACHE_TTL: variable(number(0, 86_400), {
      about: 'Seconds for which a business that was looked up is remembered.',
      default: '300',
      readBy: BOTH,
    }),
    BUSINESS_CACHE_SIZE: variable(integer(1, 1_000_000), {
      about: 'How many businesses are remembered.',
      default: '1000',
      readBy: BOTH,
    }),
    WARMUP_CACHE: variable(boolean, {
      about: 'Whether businesses are looked up at start, before the first message asks for them.',
      default: 'true',
      readBy: BOTH,
    }),
    ENCRYPTION_SECRET: variable(encryptionKeys, {
      about:
        'Keys for the tokens and secrets kept in the database: `<key id>:<32 bytes in base64>`, or `<key id>:kms:<a data key that KMS encrypted, in base64>`, comma separated. The first one encrypts; all decrypt.',
      secret: 'keys',
      requiredWhen: { when: 'BUSINESSES', is: 'mongodb' },
      set: 'a key id, a colon and 32 random bytes in base64, such as the output of: echo "k1:$(openssl rand -base64 32)"',
      readBy: BOTH,
    }),
  },

  'WhatsApp, from Twilio': {
    TWILIO_ACCOUNT_SID: variable(accountSid, {
      about: 'The account; with the next two it switches Twilio on, beside Meta or alone.',
      requiredWhen: TWILIO,
      set: 'the account SID shown in the Twilio console',
      readBy: BOTH,
    }),
    TWILIO_AUTH_TOKEN: variable(secrets, {
      about:
        'Signs deliveries and authorises sending. While one is rotated: both, comma separated; the first one sends, each one verifies. The JSON object `{"twilio_account_sid": "<sid>", "twilio_auth_token": "<token>"}` sets the account too.',
      secret: 'tokens',
      requiredWhen: TWILIO,
      set: 'the auth token shown in the Twilio console',
      readBy: BOTH,
    }),
    TWILIO_WHATSAPP_NUMBER: variable(whatsAppNumber, {
      about: 'The number that people write to, such as +14155238886; also as whatsapp:+14155238886.',
      requiredWhen: TWILIO,
      set: 'the WhatsApp sender, in international format',
      readBy: BOTH,
    }),
    TWILIO_TEMPLATE: variable(contentSid, {
      about:
        'The approved content template that is sent instead of an answer when the 24-hour window is over. Without it, what cannot be answered becomes a dead letter.',
      set: 'the content SID of an approved template without variables, such as HX0123456789abcdef0123456789abcdef',
      readBy: ['worker'],
    }),
    TWILIO_API_URL: variable(httpUrl, {
      about: "The address of Twilio's API.",
      default: 'https://api.twilio.com',
      readBy: ['worker'],
      upstream: true,
    }),
  },
};

export const ENVIRONMENT = z.object({
  ...GROUPS['The program'],
  ...GROUPS['The assistant'],
  ...GROUPS['WhatsApp, from Meta'],
  ...GROUPS.Conversations,
  ...GROUPS['Hand-off to a person'],
  ...GROUPS['Store and queue'],
  ...GROUPS.Businesses,
  ...GROUPS['WhatsApp, from Twilio'],
});

export type Environment = z.output<typeof ENVIRONMENT>;

/** In the order of the documentation. */
export const VARIABLES: readonly Variable[] = Object.entries(GROUPS).flatMap(([group, members]) =>
  Object.entries(members).map(([name, schema]) => ({ name, group, ...rowOf(name, schema) })),
);
