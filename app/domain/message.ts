/**
 * What platforms deliver, independent of the platform. A channel's `parse` builds these from a payload; nothing else sees the
 * payload.
 */
import type { BusinessId } from './business.ts';
import type { Pricing } from './pricing.ts';
import type { Progress } from './progress.ts';

/** Chosen by the channel itself (`meta`). Stored with messages and conversations, so it never changes. */
export type ChannelName = string;

/**
 * The identities of one person on a platform. At least one of `phone` and `userId` is present.
 * Phone numbers are digits without `+`; a user id is Meta's business-scoped one (`US.13491208655302741918`).
 */
export interface Person {
  readonly phone?: string;
  readonly userId?: string;
  /**
   * Identities that this person had until now: the message is the platform's notice of a change. A phone number among them
   * that differs from `phone` means that the person changed the number.
   */
  readonly formerly?: readonly string[];
}

/** Message types that are answered with a notice that they cannot be read yet. `other`: any type unknown to us. */
export const UNREADABLE_KINDS = [
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'location',
  'contacts',
  'order',
  'other',
] as const;
export type UnreadableKind = (typeof UNREADABLE_KINDS)[number];

/** A button or a list entry that a person tapped. `id` was chosen by its sender. */
export interface Choice {
  readonly id?: string;
  readonly title: string;
  readonly description?: string;
}

/** Content of a message that needs a reply. */
export type Said =
  /** A text, or the title and description of the `choice` that the person made. */
  | { readonly kind: 'text'; readonly text: string; readonly choice?: Choice }
  /** Answered with one polite sentence for its type. */
  | { readonly kind: 'unreadable'; readonly type: UnreadableKind };

export type Content =
  | Said
  /** Stored by its id and never answered: reactions, system messages, form replies. `type`: the platform's name for it. */
  | { readonly kind: 'silent'; readonly type: string }
  /** New content for an earlier message of the same person; `of` is that message's id. Not answered itself. */
  | { readonly kind: 'edit'; readonly of: string; readonly content: Said }
  /** Deletion of an earlier message of the same person. */
  | { readonly kind: 'revoke'; readonly of: string }
  /** Not from the person: somebody of the business wrote to them from the WhatsApp Business app. */
  | { readonly kind: 'takeover' }
  /** Not from the person: an operator lets the assistant answer again. */
  | { readonly kind: 'resume' };

/** One thing a person sent, as a platform delivers it. */
export interface DeliveredMessage {
  /** The platform's id. The same id is the same message, however often it is delivered. */
  readonly id: string;
  readonly channel: ChannelName;
  /** The business number it was sent to, as the platform names it (Meta: `phone_number_id`). */
  readonly number: string;
  readonly person: Person;
  /** When the person sent it, by the platform's clock: milliseconds since 1970. */
  readonly sentAt: number;
  readonly content: Content;
  /** The platform's id of the message that this one replies to. */
  readonly quotes?: string;
  /** The stamp of the edit that `content` comes from (`correction.ts`). Absent if never edited. */
  readonly edited?: string;
}

/** A message with the business that it was written to: the owner of the number when it was accepted. */
export interface Message extends DeliveredMessage {
  readonly business: BusinessId;
}

const TURNS: ReadonlySet<Content['kind']> = new Set(['text', 'unreadable', 'takeover', 'resume']);

/** Returns whether the message waits for a turn: corrections and silent messages do not. */
export function needsTurn({ content }: Pick<Message, 'content'>): boolean {
  return TURNS.has(content.kind);
}

/** Returns the text of the messages, one line each; empty when none has text. */
export function textOf(messages: readonly Message[]): string {
  return messages.flatMap(({ content }) => (content.kind === 'text' ? [content.text] : [])).join('\n');
}

/** A platform's report about one sent part. */
export interface DeliveredStatus {
  readonly channel: ChannelName;
  readonly number: string;
  /** The platform's id of the part. */
  readonly platformId: string;
  /** The part's key, passed to the platform with the send (`biz_opaque_callback_data`). */
  readonly key?: string;
  readonly progress: Progress;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The platform's code for a failure. */
  readonly code?: string;
  readonly pricing?: Pricing;
}

/** A status with the business that owned the number when it was accepted. It changes parts of that business only. */
export interface Status extends DeliveredStatus {
  readonly business: BusinessId;
}

/** An item of a delivery that is neither message nor status. Logged and counted, never thrown. No personal data. */
export interface Notice {
  /** From a small set, fit for a metric's label: `unknown_field`, `standby`, `platform_error`... */
  readonly what: string;
  /** The platform's name or code for it, cut to 64 characters. */
  readonly detail?: string;
  /** Number of occurrences in the delivery. Absent: one. */
  readonly count?: number;
  /** Documented by the platform, and no action is needed: logged at `debug`. */
  readonly routine?: true;
}

/** The content of one POST of a platform, in its order. */
export interface Delivery {
  readonly messages: readonly DeliveredMessage[];
  readonly statuses: readonly DeliveredStatus[];
  readonly notices: readonly Notice[];
}
