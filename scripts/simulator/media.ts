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
  /** Keeps what the business uploaded, for 30 days. */
  add(file: Pick<MediaFile, 'mime' | 'bytes' | 'name'>): MediaFile;
  /** Undefined when there is no such file, or none any more. */
  find(id: string): MediaFile | undefined;
  remove(id: string): void;
  /** What people send: one real, small file of each kind. */
  sample(kind: MediaKind): MediaFile;
  /** Where it can be fetched for five minutes, with the access token. */
  addressOf(file: MediaFile): string;
  /** The file of an address that is still good. */
  opened(query: Readonly<Record<string, unknown>>): MediaFile | undefined;
  /** Where this server is, once it listens. */
  listensAt(url: string): void;
}

const DAY_MS = 86_400_000;
const UPLOADED_MS = 30 * DAY_MS;
const ADDRESS_MS = 5 * 60_000;
/** The oldest uploads go first. */
const MOST_BYTES = 256 * 1_048_576;
/** Where media is fetched, beside the Graph API; Meta uses another host for it. */
export const MEDIA_PATH = '/whatsapp_business/attachments/';

/** Meta: "Media" of the Cloud API: ids, and addresses that end after five minutes. In memory. */
export function createMedia(now: () => number): Media {
  const files = new Map<string, MediaFile>();
  const samples = new Map<string, MediaFile>();
  const secret = randomBytes(32);
  let origin = '';
  let held = 0;

  function make(file: Pick<MediaFile, 'mime' | 'bytes' | 'name'>, expiresAt: number): MediaFile {
    const id = `7${Array.from({ length: 15 }, () => randomInt(10)).join('')}`;
    return { ...file, id, sha256: createHash('sha256').update(file.bytes).digest(), expiresAt };
  }

  function remove(id: string): void {
    held -= files.get(id)?.bytes.length ?? 0;
    files.delete(id);
  }

  function find(id: string): MediaFile | undefined {
    const file = files.get(id);
    return file && file.expiresAt > now() ? file : undefined;
  }

  function seal(id: string, until: string): string {
    return createHmac('sha256', secret).update(`${id} ${until}`).digest('base64url');
  }

  for (const [kind, { mime, bytes, name }] of Object.entries(SAMPLES)) {
    const file = make({ mime, bytes, ...(name === undefined ? {} : { name }) }, Number.POSITIVE_INFINITY);
    files.set(file.id, file);
    samples.set(kind, file);
  }

  return {
    add(file) {
      const made = make(file, now() + UPLOADED_MS);
      files.set(made.id, made);
      held += made.bytes.length;
      for (const { id, expiresAt } of files.values()) {
        if (held <= MOST_BYTES) break;
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
    addressOf({ id }) {
      const until = String(now() + ADDRESS_MS);
      const query = new URLSearchParams({ mid: id, ext: until, hash: seal(id, until) });
      return `${origin}${MEDIA_PATH}?${query}`;
    },
    opened({ mid, ext, hash }) {
      if (typeof mid !== 'string' || typeof ext !== 'string' || Number(ext) <= now()) return undefined;
      return hash === seal(mid, ext) ? find(mid) : undefined;
    },
    listensAt(url) {
      origin = url;
    },
  };
}
