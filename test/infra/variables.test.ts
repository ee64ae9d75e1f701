import { describe, expect, it } from 'vitest';
import { NOT_IN_AWS, VARIABLES } from '../../infra/variables.ts';
import { PLAIN, SECRETS } from './configurations.ts';
import { ENVIRONMENTS, RECORDINGS } from './graph.ts';
import { delivered, differences } from './join.ts';

/** The application's variables as its contract lists them. */
const PLAIN_IN_CONTRACT = `
  DEPLOYMENT_TYPE PORT LOGGING_LEVEL ORIGINS PUBLIC_URL BACKEND_SERVER_URL META_API_URL META_API_VERSION
  META_BUSINESS_PHONE_NUMBER_ID ALWAYS_RETURN_OK_TO_META WHATSAPP_UNDER_MAINTENANCE WHATSAPP_CHAT_RETENTION_HOURS
  WHATSAPP_MESSAGE_AGE_THRESHOLD_SECONDS BATCH_WINDOW_SECONDS ASSISTANT MOCK_META_API OPENAI_API_URL OPENAI_MODEL
  OPENAI_INSTRUCTIONS STORE SQLITE_PATH CONVERSATIONS_TABLE CONVERSATIONS_STAGE_TABLE
  CONVERSATIONS_TRIGGER_LOCK_TABLE QUEUE WHATSAPP_QUEUE_URL AWS_REGION AWS_ENDPOINT_URL BUSINESSES MONGODB_DB_NAME
  MONGODB_MAX_POOL_SIZE MONGODB_MIN_POOL_SIZE BUSINESS_CACHE_TTL BUSINESS_CACHE_SIZE WARMUP_CACHE TWILIO_ACCOUNT_SID
  TWILIO_WHATSAPP_NUMBER TWILIO_API_URL`;
const SECRET_IN_CONTRACT = `
  WHATSAPP_SERVICE_API_KEY META_ACCESS_TOKEN_FROM_SYS_USER META_WEBHOOK_VERIFY_TOKEN META_APP_SECRET OPENAI_API_KEY
  MONGODB_URI ENCRYPTION_SECRET ADMIN_TOKEN TWILIO_AUTH_TOKEN`;
const named = (names: string, secret: boolean) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, secret }));
const CONTRACT = [...named(PLAIN_IN_CONTRACT, false), ...named(SECRET_IN_CONTRACT, true)];

describe('the variables', () => {
  it('are those of the application', () => {
    expect(differences(CONTRACT)).toEqual([]);
  });

  it('are compared by name and by secrecy', () => {
    expect(differences([...CONTRACT, { name: 'NEW', secret: false }])).toEqual([
      expect.stringContaining('NEW is known'),
    ]);
    expect(differences(CONTRACT.filter(({ name }) => name !== 'QUEUE'))).toEqual([
      'QUEUE is not known to the application',
    ]);
    expect(differences(CONTRACT.map((variable) => ({ ...variable, secret: false })))).toHaveLength(9);
  });

  it.each(ENVIRONMENTS)(
    'that are given reach the programs that read them, and nothing else does: %s',
    (name) => {
      const given = new Set([
        ...Object.keys(PLAIN),
        ...Object.keys(SECRETS),
        ...(name.endsWith('apprunner') ? ['PUBLIC_URL'] : []),
      ]);
      for (const program of ['door', 'worker'] as const) {
        const expected = VARIABLES.filter(
          ({ name: variable, readBy, fixed }) => readBy.includes(program) && (fixed || given.has(variable)),
        );
        expect(delivered(RECORDINGS[name], program).sort()).toEqual(
          expected.map((variable) => variable.name).sort(),
        );
      }
    },
  );

  it.each(ENVIRONMENTS)('that a program cannot start without are all there: %s', (name) => {
    const reached = new Set([
      ...delivered(RECORDINGS[name], 'door'),
      ...delivered(RECORDINGS[name], 'worker'),
    ]);
    const required = VARIABLES.filter(({ needed, fixed }) => fixed || needed?.({})).map(
      (variable) => variable.name,
    );
    expect(required.filter((variable) => !reached.has(variable))).toEqual([]);
  });

  it('stand in one table once', () => {
    const names = [...VARIABLES.map(({ name }) => name), ...NOT_IN_AWS];
    expect(new Set(names).size).toBe(names.length);
  });
});
