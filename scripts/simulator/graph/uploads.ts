import type { MediaKind } from '../content/business.ts';

const MIB = 1_048_576;

interface Rule {
  readonly mimes: readonly string[];
  readonly most: number;
}

/** Meta, "Media": what may be uploaded, and how large. Documents take any of these types as well. */
const RULES: Readonly<Record<MediaKind, Rule>> = {
  audio: { mimes: ['audio/aac', 'audio/amr', 'audio/mp4', 'audio/mpeg', 'audio/ogg'], most: 16 * MIB },
  image: { mimes: ['image/jpeg', 'image/png'], most: 5 * MIB },
  sticker: { mimes: ['image/webp'], most: 500 * 1024 },
  video: { mimes: ['video/3gpp', 'video/mp4'], most: 16 * MIB },
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
    most: 100 * MIB,
  },
};
const KINDS = ['audio', 'image', 'sticker', 'video', 'document'] as const;

export const LARGEST_UPLOAD = 100 * MIB;

/** All types, as a refusal lists them. */
export const UPLOADABLE = Object.values(RULES).flatMap(({ mimes }) => mimes);

/** As what a file of this type may be sent; empty when it cannot be uploaded. */
export function kindOfMime(mime: string): MediaKind[] {
  const bare = (mime.split(';')[0] ?? '').trim().toLowerCase();
  const kinds = KINDS.filter((kind) => RULES[kind].mimes.includes(bare));
  return kinds.length === 0 || kinds.includes('document') ? kinds : [...kinds, 'document'];
}

/** How many bytes a file of this type may have. */
export function mostBytes(mime: string): number {
  const [kind] = kindOfMime(mime);
  return kind === undefined ? 0 : RULES[kind].most;
}
