import type { IncomingMessage } from 'node:http';

const LARGEST = 1_000_000;

/** The request's body, parsed; undefined when it is not JSON. Throws a `RangeError` for more than a megabyte. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST) throw new RangeError('the body is larger than a megabyte');
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
