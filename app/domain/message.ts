/**
 * What platforms deliver, in our own words. A channel's `read` makes these from a payload; nothing behind it knows
 * what the payload looked like.
 */

/** Chosen by the channel itself (`WebhookChannel.name`). Stored with messages and conversations, so it never changes. */
export type ChannelName = string;

/**
 * The identities under which a platform shows one person. At least one of `phone` and `userId` is present.
 * Phone numbers are digits without `+`; a user id is Meta's business-scoped one (`US.13491208655302741918`).
 */
export interface Person {
  readonly phone?: string;
  readonly userId?: string;
  /**
   * Names that this person had until now: the message is the platform's announcement of a change. A phone number among
   * them, beside another `phone`, means that the person moved.
   */
  readonly formerly?: readonly string[];
}

/** Kinds of message that we cannot read yet and say so. `other` is any kind that the platform invents. */
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

/** A button or a list entry that a person tapped. `id` is what its sender named it. */
export interface Choice {
  readonly id?: string;
  readonly title: string;
  readonly description?: string;
}

/** What a person said. */
export type Said =
  /** Words: a text, or the title and description of the `choice` that the person made. */
  | { readonly kind: 'text'; readonly text: string; readonly choice?: Choice }
  /** Answered with one polite sentence for its kind. */
  | { readonly kind: 'unreadable'; readonly type: UnreadableKind };

export type Content =
  | Said
  /** Remembered and never answered: reactions, system messages, replies of forms. `type` is the platform's word. */
  | { readonly kind: 'silent'; readonly type: string }
  /** Another content for an earlier message of the same person; `of` is that message's id. Never answered itself. */
  | { readonly kind: 'edit'; readonly of: string; readonly content: Said }
  /** An earlier message of the same person was taken back. */
  | { readonly kind: 'revoke'; readonly of: string };

/** One thing a person sent. */
export interface Message {
  /** The platform's id. The same id is the same message, however often it is delivered. */
  readonly id: string;
  readonly channel: ChannelName;
  /** The business number it was sent to, as the platform names it (Meta: `phone_number_id`). */
  readonly number: string;
  readonly person: Person;
  /** When the person sent it, by the platform's clock: milliseconds since 1970. */
  readonly sentAt: number;
  readonly content: Content;
  /** The stamp of the edit that `content` comes from (`correction.ts`). Absent: it was never edited. */
  readonly edited?: string;
}

/** Returns whether the person waits for a reply: not for a correction, and not for what is only remembered. */
export function needsReply({ content }: Pick<Message, 'content'>): boolean {
  return content.kind === 'text' || content.kind === 'unreadable';
}

/** What people wrote, one message a line; empty when they wrote nothing. */
export function textOf(messages: readonly Message[]): string {
  return messages.flatMap(({ content }) => (content.kind === 'text' ? [content.text] : [])).join('\n');
}

/**
 * How far a part of a reply has come, in the platform's words. Rank: sent < delivered < read < played; `failed` is
 * kept. `other`: a word that we do not know.
 */
export type Progress = 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'other';

/** A platform's report about one part that we sent. */
export interface Status {
  readonly channel: ChannelName;
  readonly number: string;
  /** The platform's id of the part. */
  readonly platformId: string;
  /** What we gave the platform to hand back (`biz_opaque_callback_data`): the part's key. */
  readonly key?: string;
  readonly progress: Progress;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Why it failed, in the platform's code. */
  readonly code?: string;
}

/** Something a delivery held that is neither message nor status. Recorded and counted, never thrown. No personal data. */
export interface Notice {
  /** Short and from a small set, fit for a metric's label: `unknown_field`, `standby`, `platform_error`... */
  readonly what: string;
  /** The platform's word or code, cut to 64 characters. */
  readonly detail?: string;
  /** How often the delivery held it. Absent: once. */
  readonly count?: number;
  /** The platform documents it and nothing has to be done: logged at `debug`. */
  readonly routine?: true;
}

/** Everything one POST of a platform held, in its order. */
export interface Delivery {
  readonly messages: readonly Message[];
  readonly statuses: readonly Status[];
  readonly notices: readonly Notice[];
}
