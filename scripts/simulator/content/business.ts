export const MEDIA_KINDS = ['image', 'video', 'document', 'audio', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** An uploaded file (`media`), or a link, which the simulator never fetches. */
export interface Attachment {
  readonly media?: string;
  readonly link?: string;
  /** File name of a document. */
  readonly name?: string;
}

export interface Row {
  /** The title of its section. */
  readonly section?: string;
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** A button or list that the person can tap, and what tapping it sends. */
export type Tap =
  | { readonly sends: 'button' | 'quick_reply'; readonly label: string; readonly id: string }
  | { readonly sends: 'list'; readonly label: string; readonly rows: readonly Row[] }
  | { readonly sends: 'flow'; readonly label: string; readonly token?: string }
  | { readonly sends: 'location' | 'contacts' | 'order'; readonly label: string }
  | { readonly sends: 'nothing'; readonly label: string; readonly url?: string };

/** Every kind of message that a business can send. */
export type BusinessContent =
  | { readonly kind: 'text'; readonly text: string }
  | ({ readonly kind: MediaKind; readonly text?: string } & Attachment)
  | {
      readonly kind: 'location';
      readonly latitude: number;
      readonly longitude: number;
      readonly name?: string;
      readonly address?: string;
    }
  | { readonly kind: 'contacts'; readonly names: readonly string[] }
  | { readonly kind: 'reaction'; readonly to: string; readonly emoji: string }
  /** Interactive messages and templates. */
  | {
      readonly kind: 'interactive' | 'template';
      readonly text: string;
      readonly header?: string;
      readonly picture?: { readonly kind: MediaKind } & Attachment;
      readonly footer?: string;
      readonly taps: readonly Tap[];
    };
