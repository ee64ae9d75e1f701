import type { IncomingMessage } from 'node:http';
import { BadRequest } from '../bad-request.ts';

const LARGEST = 1_000_000;

/** The bytes of the request's body. Throws `BadRequest` for more than `largest`. */
async function readBytes(request: IncomingMessage, largest: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > largest) throw new BadRequest(`the body is larger than ${largest} bytes`);
  }
  return Buffer.concat(chunks);
}

/** The request's body, parsed; undefined when it is not JSON. Throws `BadRequest` for more than a megabyte. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  return parsed((await readBytes(request, LARGEST)).toString('utf8'));
}

/** The parameters of a call: those of a JSON object or of a form; none when it is neither. */
export async function readParameters(request: IncomingMessage): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  if (/^multipart\/form-data/i.test(type)) return Object.fromEntries(await readForm(request, LARGEST));
  const text = (await readBytes(request, LARGEST)).toString('utf8');
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    const json = parsed(text);
    return json instanceof Object ? { ...json } : Object.fromEntries(new URLSearchParams(text));
  }
  const json = parsed(text);
  return json instanceof Object ? { ...json } : {};
}

/** The fields and files of a form. Throws `BadRequest` when it cannot be read. */
export async function readForm(request: IncomingMessage, largest: number): Promise<FormData> {
  const body = await readBytes(request, largest);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  try {
    return await new Response(body, { headers }).formData();
  } catch {
    throw new BadRequest('the body is not a form that can be read');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
