import { z } from 'zod';

const DEVELOPMENT_KEY = 'development-backend-key';

export interface BackendConfig {
  /** The address to listen on: the loopback address in a local deployment. */
  readonly host: string;
  readonly port: number;
  readonly apiKeys: readonly string[];
  readonly databasePath: string;
  readonly replies: { readonly kind: 'echo' } | ({ readonly kind: 'openai' } & OpenAiSettings);
}

export interface OpenAiSettings {
  /** Including the version: `https://api.openai.com/v1`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly instructions: string;
}

/** All problems of the environment, one sentence each. */
export class BackendConfigError extends Error {
  override readonly name = 'BackendConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** An empty value counts as missing. */
const setting = z.preprocess((value) => (value === '' ? undefined : value), z.string().trim().optional());
const port = setting
  .transform((value) => (value === undefined ? undefined : Number(value)))
  .pipe(z.int().min(0).max(65_535).optional());
const required = z.string('is missing').trim().min(1, 'is missing');

const serverEnvironment = z.object({
  DEPLOYMENT_TYPE: setting.pipe(z.enum(['local', 'development', 'staging', 'production']).default('local')),
  BACKEND_PORT: port,
  PORT: port,
  BACKEND_SQLITE_PATH: setting.pipe(z.string().default('data/ansari-backend.db')),
});

const openAiEnvironment = z.object({
  OPENAI_API_URL: setting.pipe(z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1')),
  OPENAI_API_KEY: required,
  OPENAI_MODEL: required,
  OPENAI_INSTRUCTIONS: setting.pipe(z.string().default('You are a helpful assistant.')),
});

/** Returns the settings of the reference backend. Throws `BackendConfigError` with all problems at once. */
export function readBackendConfig(env: NodeJS.ProcessEnv): BackendConfig {
  const server = serverEnvironment.safeParse(env);
  const openAi = env.OPENAI_API_KEY ? openAiEnvironment.safeParse(env) : undefined;
  const local = (env.DEPLOYMENT_TYPE || 'local') === 'local';
  const apiKeys = keysIn(env.BACKEND_API_KEYS || env.WHATSAPP_SERVICE_API_KEY);
  if (apiKeys.length === 0 && local) apiKeys.push(DEVELOPMENT_KEY);

  const issues = [...(server.error?.issues ?? []), ...(openAi?.error?.issues ?? [])];
  const problems = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (apiKeys.length === 0) problems.push('BACKEND_API_KEYS: is missing');
  if (problems.length > 0 || !server.success || openAi?.success === false) {
    throw new BackendConfigError(problems);
  }
  return {
    host: local ? '127.0.0.1' : '0.0.0.0',
    // In a .env file that both programs read, PORT belongs to the web service.
    port: server.data.BACKEND_PORT ?? server.data.PORT ?? 8000,
    apiKeys,
    databasePath: server.data.BACKEND_SQLITE_PATH,
    replies:
      openAi === undefined
        ? { kind: 'echo' }
        : {
            kind: 'openai',
            apiUrl: openAi.data.OPENAI_API_URL,
            apiKey: openAi.data.OPENAI_API_KEY,
            model: openAi.data.OPENAI_MODEL,
            instructions: openAi.data.OPENAI_INSTRUCTIONS,
          },
  };
}

function keysIn(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}
