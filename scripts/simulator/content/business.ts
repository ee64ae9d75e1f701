export const MEDIA_KINDS = ['image', 'video', 'document', 'audio', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A file that the business uploaded (`media`), or one that it links to, which is never fetched here. */
export interface Attachment {
  readonly media?: string;
  readonly link?: string;
  /** The file's name, of documents. */
  readonly name?: string;
}

export interface Row {
  /** The title of its section. */
  readonly section?: string;
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** Something that the person can tap, and what is sent then. */
export type Tap =
  | { readonly sends: 'button' | 'quick_reply'; readonly label: string; readonly id: string }
  | { readonly sends: 'list'; readonly label: string; readonly rows: readonly Row[] }
  | { readonly sends: 'flow'; readonly label: string; readonly token?: string }
  | { readonly sends: 'location' | 'contacts' | 'order'; readonly label: string }
  | { readonly sends: 'nothing'; readonly label: string; readonly url?: string };

/** What a business can send. */
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
