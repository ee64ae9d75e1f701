import { createReadStream, existsSync } from 'node:fs';
import type { Search } from '../../ports/store.ts';

interface Searched {
  readonly bytes: number;
  readonly count: number;
}

/**
 * Searches the bytes of a database's file and of its log, unused ones included: a deleted row may still be in them. Resolves
 * to no files when the database is not in a file. SQLite stores text as UTF-8 here (the encoding of a new file:
 * https://www.sqlite.org/pragma.html#pragma_encoding), so an identity's bytes are what is searched for.
 */
export async function searchFiles(path: string, texts: readonly string[]): Promise<Search> {
  const files = [path, `${path}-wal`].filter((file) => existsSync(file));
  const results = await Promise.all(
    files.map(async (place) => ({ place, ...(await searchFile(place, texts)) })),
  );
  return {
    searched: results.map(({ place, bytes }) => ({ place, size: bytes, unit: 'bytes' })),
    found: results.filter(({ count }) => count > 0).map(({ place, count }) => ({ place, count })),
  };
}

async function searchFile(path: string, texts: readonly string[]): Promise<Searched> {
  const wanted = texts.filter((text) => text !== '').map((text) => Buffer.from(text));
  const overlap = Math.max(0, ...wanted.map(({ length }) => length - 1));
  let bytes = 0;
  let count = 0;
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const read = chunk as Buffer;
    bytes += read.length;
    const window = Buffer.concat([tail, read]);
    // An occurrence that is wholly in the tail was counted with the chunk before.
    for (const text of wanted) count += occurrences(window, text, tail.length - text.length + 1);
    tail = window.subarray(Math.max(0, window.length - overlap));
  }
  return { bytes, count };
}

/** Returns how often the text begins at `from` or later. */
function occurrences(window: Buffer, text: Buffer, from: number): number {
  let count = 0;
  for (let at = window.indexOf(text, Math.max(0, from)); at >= 0; at = window.indexOf(text, at + 1))
    count += 1;
  return count;
}
