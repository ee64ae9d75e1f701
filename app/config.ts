/**
 * The only reader of the environment. Everything else takes values.
 */
import { arrange } from './config/arrange.ts';
import { contradictions, problemsOf, warningsOf } from './config/problems.ts';
import { ENVIRONMENT } from './config/variables.ts';
import { misspeltNames, withDefaults, writtenValues } from './config/written.ts';

export { VARIABLES, type Variable } from './config/variables.ts';

export interface Config {
  readonly deployment: 'local' | 'development' | 'staging' | 'production';
  readonly port: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Keys the hashes that stand for people in logs; the same in every program of a deployment. */
  readonly logKey: Buffer;
  readonly origins: readonly string[];
  readonly publicUrl: string | undefined;
  readonly adminToken: string | undefined;
  readonly meta: MetaConfig;
  readonly twilio: TwilioConfig | undefined;
  readonly policy: PolicyConfig;
  readonly assistant: AssistantConfig;
  readonly store: StoreConfig;
  readonly queue: QueueConfig;
  readonly businesses: BusinessesConfig;
  readonly aws: { readonly region: string | undefined; readonly endpointUrl: string | undefined };
  /** Sentences for the log: names in the environment that look like misspelt ones of ours. */
  readonly warnings: readonly string[];
}

interface MetaConfig {
  readonly apiUrl: string;
  readonly apiVersion: string;
  /** At least one; any of them may have signed a delivery. */
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  readonly alwaysReturnOk: boolean;
  /** Replies are recorded, not sent. */
  readonly mock: boolean;
}

export interface TwilioConfig {
  readonly accountSid: string;
  readonly authToken: string;
  readonly number: string;
  readonly apiUrl: string;
  readonly publicUrl: string;
}

interface PolicyConfig {
  readonly underMaintenance: boolean;
  readonly retentionMs: number;
  readonly messageAgeMs: number;
  readonly batchWindowMs: number;
  readonly sendReconcileMs: number;
}

export type AssistantConfig =
  | { readonly kind: 'ansari'; readonly url: string; readonly apiKey: string }
  | {
      readonly kind: 'openai';
      readonly url: string;
      readonly apiKey: string;
      readonly model: string;
      readonly instructions: string | undefined;
    }
  | { readonly kind: 'echo' };

export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'dynamodb';
      readonly conversationsTable: string;
      readonly stageTable: string;
      readonly triggerLockTable: string;
    }
  | { readonly kind: 'memory' };

type QueueConfig = { readonly kind: 'inline' } | { readonly kind: 'sqs'; readonly url: string };

export type BusinessesConfig =
  | { readonly kind: 'env'; readonly number: string; readonly accessToken: string }
  | {
      readonly kind: 'mongodb';
      readonly uri: string;
      readonly database: string;
      readonly maxPoolSize: number;
      readonly minPoolSize: number;
      readonly cacheTtlMs: number;
      readonly cacheSize: number;
      readonly warmup: boolean;
      /** At least one; the first one encrypts. */
      readonly encryptionKeys: readonly { readonly id: string; readonly key: Buffer }[];
    };

/** The environment cannot be used. `problems` names every variable that is wrong and what to set it to. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Throws `ConfigError` with every problem at once. An empty value counts as none. No secret is ever repeated. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const written = writtenValues(env);
  const filled = withDefaults(written);
  const misspelt = misspeltNames(env, written);

  const parsed = ENVIRONMENT.safeParse(filled);
  const problems = problemsOf(filled, misspelt, parsed.error?.issues ?? []);
  if (!parsed.success) throw new ConfigError(problems);
  problems.push(...contradictions(parsed.data));
  if (problems.length > 0) throw new ConfigError(problems);

  return arrange(parsed.data, warningsOf(misspelt));
}
