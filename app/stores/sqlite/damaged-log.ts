import { existsSync, readFileSync } from 'node:fs';

/**
 * The write-ahead log has checksums, and SQLite stops reading it at the first that is wrong: after a power cut that is the
 * commit which was not finished. When a bit has flipped, whole commits behind it would be dropped without a word. Format:
 * https://www.sqlite.org/fileformat2.html#walformat
 */

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const LITTLE_ENDIAN = 0x377f0682;
const BIG_ENDIAN = 0x377f0683;
const MIN_PAGE_BYTES = 512;

type Sums = readonly [number, number];

/**
 * Returns the byte of the log at which synced commits are damaged; undefined for a log that is whole, torn at its end, or
 * absent. Damage in the last commits looks like a torn end and is not found: nothing tells whether they were synced.
 */
function damageIn(log: Buffer): number | undefined {
  if (log.length < HEADER_BYTES + FRAME_HEADER_BYTES + MIN_PAGE_BYTES) return undefined;
  const magic = log.readUInt32BE(0);
  const isBigEndian = magic === BIG_ENDIAN;
  const pageBytes = log.readUInt32BE(8);
  const sums = summed(log.subarray(0, 24), [0, 0], isBigEndian);
  // The header is synced before the first frame is written.
  if ((magic !== LITTLE_ENDIAN && !isBigEndian) || !isSumAt(log, 24, sums)) return 0;

  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const count = Math.floor((log.length - HEADER_BYTES) / frameBytes);
  const startOf = (frame: number) => HEADER_BYTES + frame * frameBytes;
  const invalid = firstInvalid(log, { count, frameBytes, startOf, isBigEndian, sums });
  if (invalid === undefined) return undefined;

  // A frame is written after the commit before it was synced: a commit with a frame behind it was synced.
  let hasCommit = false;
  for (let frame = invalid; frame < count; frame += 1) {
    if (!isOfThisLog(log, startOf(frame))) continue;
    if (hasCommit) return startOf(invalid);
    hasCommit = log.readUInt32BE(startOf(frame) + 4) !== 0;
  }
  return undefined;
}

/** Reads the log of a database twice when it seems damaged, since another process may be writing it. */
export function damageInLogOf(path: string): number | undefined {
  const log = `${path}-wal`;
  if (!existsSync(log)) return undefined;
  const first = damageIn(readFileSync(log));
  if (first === undefined || !existsSync(log)) return undefined;
  return damageIn(readFileSync(log)) === first ? first : undefined;
}

interface Frames {
  readonly count: number;
  readonly frameBytes: number;
  readonly startOf: (frame: number) => number;
  readonly isBigEndian: boolean;
  readonly sums: Sums;
}

/** Each checksum continues that of the frame before it. */
function firstInvalid(log: Buffer, frames: Frames): number | undefined {
  let { sums } = frames;
  for (let frame = 0; frame < frames.count; frame += 1) {
    const at = frames.startOf(frame);
    sums = summed(log.subarray(at, at + 8), sums, frames.isBigEndian);
    sums = summed(log.subarray(at + FRAME_HEADER_BYTES, at + frames.frameBytes), sums, frames.isBigEndian);
    if (!isOfThisLog(log, at) || !isSumAt(log, at + 16, sums)) return frame;
  }
  return undefined;
}

/** Frames of an earlier round of the log, behind its present end, have other salts. */
function isOfThisLog(log: Buffer, at: number): boolean {
  return log.compare(log, 16, 24, at + 8, at + 16) === 0;
}

function isSumAt(log: Buffer, at: number, [first, second]: Sums): boolean {
  return log.readUInt32BE(at) === first && log.readUInt32BE(at + 4) === second;
}

function summed(bytes: Buffer, [first, second]: Sums, isBigEndian: boolean): Sums {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [one, two] = [first, second];
  for (let at = 0; at < bytes.byteLength; at += 8) {
    one = (one + words.getUint32(at, !isBigEndian) + two) >>> 0;
    two = (two + words.getUint32(at + 4, !isBigEndian) + one) >>> 0;
  }
  return [one, two];
}
