/** What the program asks for, in its own terms: kinds as unions, durations in milliseconds. */
export interface Config {
  readonly deployment: 'local' | 'development' | 'staging' | 'production';
  readonly port: number;
  /** Undefined: every address of this machine. */
  readonly host: string | undefined;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Keys the hashes that stand for people in logs; the same in every program of a deployment. */
  readonly logKey: Buffer;
  readonly origins: readonly string[];
  readonly publicUrl: string | undefined;
  readonly adminToken: string | undefined;
  /** Undefined: everybody may read the metrics. */
  readonly metricsToken: string | undefined;
  readonly meta: MetaConfig;
  readonly twilio: TwilioConfig | undefined;
  readonly policy: PolicyConfig;
  readonly assistant: AssistantConfig;
  readonly store: StoreConfig;
  readonly queue: QueueConfig;
  readonly businesses: BusinessesConfig;
  /** Endpoints and credentials are the AWS SDK's own to find. */
  readonly aws: { readonly region: string | undefined };
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
  /** 0: without limit. */
  readonly questionsPerDay: number;
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
