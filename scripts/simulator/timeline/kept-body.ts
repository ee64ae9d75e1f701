const MAX_KEPT_BYTES = 64 * 1024;
const TEXT = /^(?:text\/|application\/(?:[\w.+-]*json|x-www-form-urlencoded)|$)/i;

/** The first 64 KB of a body. */
export class KeptBody {
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #length = 0;

  constructor(whole?: Uint8Array | string) {
    if (whole !== undefined) this.add(whole);
  }

  add(chunk: Uint8Array | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#length += bytes.length;
    const part = bytes.subarray(0, MAX_KEPT_BYTES - this.#kept);
    if (part.length === 0) return;
    // A copy: the chunk may be a view of a much larger buffer.
    this.#chunks.push(Buffer.from(part));
    this.#kept += part.length;
  }

  /** Returns the bytes that are kept. */
  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get size(): number {
    return this.#kept;
  }

  get isWhole(): boolean {
    return this.#kept === this.#length;
  }

  /** Returns the text, with `…` where it is cut; for anything but text its size and type. */
  text(contentType = ''): string {
    if (!TEXT.test(contentType)) return `(${this.#length} bytes of ${contentType})`;
    // A character that is cut is left out.
    const text = new TextDecoder().decode(this.bytes(), { stream: !this.isWhole });
    return this.isWhole ? text : `${text}…`;
  }
}
