import type { BusinessId } from '../domain/business.ts';
import type { ChannelName } from '../domain/message.ts';
import type { OwnPhrases } from '../domain/phrase.ts';

/** The owner of a number. */
export interface Business {
  /** Under this id everything of the business is stored (`isBusinessId`). It never changes. */
  readonly id: BusinessId;
  readonly channel: ChannelName;
  /** As the platform names it (Meta: `phone_number_id`). */
  readonly number: string;
  /**
   * Returns the token with which the number sends. Decrypts it with each call, since nothing keeps it in the clear. Throws
   * `Unavailable` with the scope `number` and an alarm when there is none that can be decrypted.
   */
  accessToken(): string;
  /**
   * Returns the secrets of the business's own app at the platform; none when the app is that of the deployment. Throws
   * `Unavailable` as `accessToken` does.
   */
  appSecrets(): readonly string[];
  /** What differs from the deployment's own configuration. */
  readonly settings: BusinessSettings;
}

/** Every absent value is that of the deployment. */
export interface BusinessSettings {
  readonly assistant?: AssistantSettings;
  /** ISO 639-1; for our own phrases where no language is recognised. */
  readonly language?: string;
  readonly phrases?: OwnPhrases;
  readonly underMaintenance?: boolean;
  /** Whether the first answer to a person says that a machine answers. */
  readonly aiNotice?: boolean;
  /** The template that is sent outside the 24-hour window: name and language of Meta's, or the content SID of Twilio's. */
  readonly template?: string;
  /** The assistant starts a new thread after this time without a message. */
  readonly retentionMs?: number;
  /** Questions of one person in 24 hours; 0: unlimited. */
  readonly questionsPerDay?: number;
  /** Turns of all its people that may run at the same time in one process. */
  readonly concurrency?: number;
  /** Turns of all its people in one minute; more are postponed, not lost. */
  readonly turnsPerMinute?: number;
}

/**
 * An assistant of the business's own. `key` distinguishes settings: equal keys are the same assistant, and a changed value
 * has another key. `apiKey` decrypts with each call and throws `Unavailable` as `accessToken` does.
 */
export type AssistantSettings =
  | { readonly kind: 'echo'; readonly key: string }
  | { readonly kind: 'ansari'; readonly key: string; readonly url: string; apiKey(): string }
  | {
      readonly kind: 'openai';
      readonly key: string;
      /** Absent: as the deployment's. */
      readonly url?: string;
      readonly model: string;
      readonly instructions?: string;
      apiKey(): string;
    };

export interface Businesses {
  /**
   * Resolves to undefined for a number of no active business. Throws `Unavailable` when the look-up failed, or when two
   * businesses claim the number.
   */
  find(channel: ChannelName, number: string): Promise<Business | undefined>;
  /** Resolves if look-ups work. Throws `Unavailable` with a reason for the operator. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
