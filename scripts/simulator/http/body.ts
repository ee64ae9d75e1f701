import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { z } from 'zod';
import { parseJson } from '../../../app/json.ts';
import { BadRequest } from '../bad-request.ts';

const MAX_BODY_BYTES = 1_000_000;

const observers = new WeakMap<IncomingMessage, (chunk: Buffer) => void>();

/** Calls `onChunk` with each chunk of the body as it is read. */
export function observeBody(request: IncomingMessage, onChunk: (chunk: Buffer) => void): void {
  observers.set(request, onChunk);
}

/** Resolves to the body of the request. Throws `BadRequest` when it is larger than `maxBytes`. */
async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  const observe = observers.get(request);
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    observe?.(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new BadRequest(`the body is larger than ${maxBytes} bytes`);
  }
  return Buffer.concat(chunks);
}

/** Resolves to the parsed body; undefined when it is not JSON. Throws `BadRequest` when it is larger than a megabyte. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  return parseJson((await readBytes(request, MAX_BODY_BYTES)).toString('utf8'));
}

/** Throws `ZodError` when the body does not match the schema, and `BadRequest` when it is not JSON. */
export async function readBody<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const json = await readJson(ctx.req);
  if (json === undefined) throw new BadRequest('the body is not JSON');
  return schema.parse(json);
}

/** Resolves to the parameters of a call: the fields of a JSON object or of a form; none when it is neither. */
export async function readParameters(request: IncomingMessage): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  if (/^multipart\/form-data/i.test(type)) return Object.fromEntries(await readForm(request, MAX_BODY_BYTES));
  const text = (await readBytes(request, MAX_BODY_BYTES)).toString('utf8');
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    const json = parseJson(text);
    return json instanceof Object ? { ...json } : Object.fromEntries(new URLSearchParams(text));
  }
  const json = parseJson(text);
  return json instanceof Object ? { ...json } : {};
}

/** Resolves to the fields and files of a form. Throws `BadRequest` when it cannot be read. */
export async function readForm(request: IncomingMessage, maxBytes: number): Promise<FormData> {
  const body = await readBytes(request, maxBytes);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  try {
    return await new Response(body, { headers }).formData();
  } catch {
    throw new BadRequest('the body is not a form that can be read');
  }
}
