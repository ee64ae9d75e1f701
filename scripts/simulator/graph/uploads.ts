import type { MediaKind } from '../content/business.ts';

const MIB = 1_048_576;

interface Rule {
  readonly mimes: readonly string[];
  readonly max: number;
}

/** MIME types and maximum sizes (Meta, "Media"). Documents may have any of these types as well. */
const RULES: Readonly<Record<MediaKind, Rule>> = {
  audio: { mimes: ['audio/aac', 'audio/amr', 'audio/mp4', 'audio/mpeg', 'audio/ogg'], max: 16 * MIB },
  image: { mimes: ['image/jpeg', 'image/png'], max: 5 * MIB },
  sticker: { mimes: ['image/webp'], max: 500 * 1024 },
  video: { mimes: ['video/3gpp', 'video/mp4'], max: 16 * MIB },
  document: {
    mimes: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    max: 100 * MIB,
  },
};
const KINDS = ['audio', 'image', 'sticker', 'video', 'document'] as const;

export const MAX_UPLOAD_BYTES = 100 * MIB;

/** All types, in the order in which Meta's error lists them. */
export const UPLOADABLE = Object.values(RULES).flatMap(({ mimes }) => mimes);

/** Returns the kinds of message that a file of this type may be sent as; empty when it cannot be uploaded. */
export function kindOfMime(mime: string): MediaKind[] {
  const bare = (mime.split(';')[0] ?? '').trim().toLowerCase();
  const kinds = KINDS.filter((kind) => RULES[kind].mimes.includes(bare));
  return kinds.length === 0 || kinds.includes('document') ? kinds : [...kinds, 'document'];
}

/** Returns the maximum size of a file of this type. */
export function maxBytesOf(mime: string): number {
  const [kind] = kindOfMime(mime);
  return kind === undefined ? 0 : RULES[kind].max;
}
