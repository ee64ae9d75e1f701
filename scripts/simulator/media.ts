import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import type { MediaKind } from './content/business.ts';
import { SAMPLES } from './samples.ts';

interface MediaFile {
  readonly id: string;
  readonly mime: string;
  readonly bytes: Buffer;
  readonly name?: string;
  readonly sha256: Buffer;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Media {
  /** Stores an upload of the business for 30 days. */
  add(file: Pick<MediaFile, 'mime' | 'bytes' | 'name'>): MediaFile;
  /** Returns undefined when the file does not exist or has expired. */
  find(id: string): MediaFile | undefined;
  remove(id: string): void;
  /** Returns the file that people send: a real, small one of each kind. */
  sample(kind: MediaKind): MediaFile;
  /** Returns a URL that is valid for five minutes, with the access token. */
  urlOf(file: MediaFile): string;
  /** Returns the file of a URL that is still valid. */
  findByUrl(query: Readonly<Record<string, unknown>>): MediaFile | undefined;
  /** Sets the origin of the URLs. */
  setOrigin(url: string): void;
}

const DAY_MS = 86_400_000;
const UPLOAD_TTL_MS = 30 * DAY_MS;
const URL_TTL_MS = 5 * 60_000;
/** The oldest uploads are removed first. */
const MAX_STORED_BYTES = 256 * 1_048_576;
/** Path of media files. Meta serves them from another host than the Graph API. */
export const MEDIA_PATH = '/whatsapp_business/attachments/';

/** Media with ids, and URLs that are valid for five minutes (Meta, "Media" of the Cloud API). In memory. */
export function createMedia(now: () => number): Media {
  const files = new Map<string, MediaFile>();
  const samples = new Map<string, MediaFile>();
  const secret = randomBytes(32);
  let origin = '';
  let storedBytes = 0;

  function make(file: Pick<MediaFile, 'mime' | 'bytes' | 'name'>, expiresAt: number): MediaFile {
    const id = `7${Array.from({ length: 15 }, () => randomInt(10)).join('')}`;
    return { ...file, id, sha256: createHash('sha256').update(file.bytes).digest(), expiresAt };
  }

  function remove(id: string): void {
    storedBytes -= files.get(id)?.bytes.length ?? 0;
    files.delete(id);
  }

  function find(id: string): MediaFile | undefined {
    const file = files.get(id);
    return file && file.expiresAt > now() ? file : undefined;
  }

  function signUrl(id: string, until: string): string {
    return createHmac('sha256', secret).update(`${id} ${until}`).digest('base64url');
  }

  for (const [kind, { mime, bytes, name }] of Object.entries(SAMPLES)) {
    const file = make({ mime, bytes, ...(name === undefined ? {} : { name }) }, Number.POSITIVE_INFINITY);
    files.set(file.id, file);
    samples.set(kind, file);
  }

  return {
    add(file) {
      const made = make(file, now() + UPLOAD_TTL_MS);
      files.set(made.id, made);
      storedBytes += made.bytes.length;
      for (const { id, expiresAt } of files.values()) {
        if (storedBytes <= MAX_STORED_BYTES) break;
        if (Number.isFinite(expiresAt) && id !== made.id) remove(id);
      }
      return made;
    },
    find,
    remove,
    sample(kind) {
      const file = samples.get(kind);
      if (!file) throw new Error(`there is no sample of ${kind}`);
      return file;
    },
    urlOf({ id }) {
      const until = String(now() + URL_TTL_MS);
      const query = new URLSearchParams({ mid: id, ext: until, hash: signUrl(id, until) });
      return `${origin}${MEDIA_PATH}?${query}`;
    },
    findByUrl({ mid, ext, hash }) {
      if (typeof mid !== 'string' || typeof ext !== 'string' || Number(ext) <= now()) return undefined;
      return hash === signUrl(mid, ext) ? find(mid) : undefined;
    },
    setOrigin(url) {
      origin = url;
    },
  };
}
