import { createServer } from 'node:http';
import { z } from 'zod';
import { listenLocally, type RecordedRequests, recordedRequests, stop } from './recorded-requests.ts';

interface Taken {
  readonly raw: Buffer;
  readonly signature: string;
  readonly status: number;
  readonly messages: readonly Record<string, unknown>[];
  readonly statuses: readonly Record<string, unknown>[];
  readonly values: readonly Record<string, unknown>[];
}

/** A webhook app that records deliveries and responds as the test defines. */
export interface WebhookApp extends RecordedRequests<Taken> {
  readonly url: string;
  /** The next responses; 200 when none is left. `hang up`: the connection is reset. */
  readonly answers: (number | 'hang up')[];
  close(): Promise<void>;
}

const record = z.record(z.string(), z.unknown());
const payloadSchema = z.object({
  entry: z.array(z.object({ changes: z.array(z.object({ value: record })) })),
});
const updatesSchema = z.array(record).default([]);

export async function startWebhookApp(
  port = 0,
  verifyToken = 'development-verify-token',
): Promise<WebhookApp> {
  const answers: (number | 'hang up')[] = [];
  const { take, ...recorded } = recordedRequests<Taken>();

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET') {
      const isValid = url.searchParams.get('hub.verify_token') === verifyToken;
      response
        .writeHead(isValid ? 200 : 403, { 'content-type': 'text/plain' })
        .end(isValid ? url.searchParams.get('hub.challenge') : '');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const answer = answers.shift() ?? 200;
    const status = answer === 'hang up' ? 0 : answer;
    const signature = String(request.headers['x-hub-signature-256']);
    const delivery = { raw, signature, status, ...contents(raw) };
    if (status === 0) request.socket.resetAndDestroy();
    else response.writeHead(status).end();
    take(delivery);
  });
  const listening = await listenLocally(server, port);

  return {
    url: `http://127.0.0.1:${listening}/whatsapp/v2`,
    answers,
    ...recorded,
    close: () => stop(server),
  };
}

function contents(raw: Buffer): Pick<Taken, 'messages' | 'statuses' | 'values'> {
  const payload = payloadSchema.safeParse(JSON.parse(raw.toString('utf8')));
  const entries = payload.data?.entry ?? [];
  const values = entries.flatMap(({ changes }) => changes.map(({ value }) => value));
  return {
    values,
    messages: values.flatMap((value) => updatesSchema.parse(value.messages)),
    statuses: values.flatMap((value) => updatesSchema.parse(value.statuses)),
  };
}
