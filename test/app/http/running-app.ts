/** The HTTP app on a real port, with Meta's signature and an in-memory list as its store. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import { onTestFinished } from 'vitest';
import type { AppSecretsOptions } from '#app/channels/meta/app-secrets.ts';
import { createMetaWebhook } from '#app/channels/meta/webhook.ts';
import type { Delivery } from '#app/domain/message.ts';
import { createHttpApp, type HttpAppOptions } from '#app/http/app.ts';
import { type Limits, type Listening, listen } from '#app/http/listen.ts';
import { parseJson } from '#app/json.ts';
import { createLog, type Fields } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import type { BusinessCache } from '#app/ports/business-cache.ts';
import type { WebhookChannel } from '#app/ports/webhook-channel.ts';

export const SECRET = 'development-app-secret';
export const VERIFY_TOKEN = 'development-verify-token';

export interface Running extends Listening {
  readonly port: number;
  /** Bodies that were accepted, in order. */
  readonly accepted: readonly unknown[];
  /** Lines of the log, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  readonly leaving: AbortController;
  /** Of its router, such as `GET /health` and `DELETE /admin/cache/:phoneNumberId`. */
  readonly routes: readonly string[];
  metrics(): Promise<string>;
}

export interface Overrides extends Partial<Omit<HttpAppOptions, 'channels' | 'leaving'>> {
  readonly alwaysReturnOk?: boolean;
  /** Absent: every entry of an envelope is a text. */
  readonly parse?: WebhookChannel['parse'];
  /** Businesses with an app of their own; absent: there are none. */
  readonly ownApps?: AppSecretsOptions;
  /** Besides Meta's. */
  readonly otherChannels?: readonly WebhookChannel[];
  readonly limits?: Partial<Limits>;
  readonly deadlineMs?: number;
}

export const CACHE: BusinessCache = {
  clear: async () => 3,
  warm: async () => 2,
  remove: async (number) => number === '1',
  figures: () => ({
    cache: {
      ...{ size: 2, maxSize: 1000, ttlSeconds: 300, hits: 6, negative: 3 },
      ...{ stale: 1, misses: 2, evictions: 4, failures: 5 },
    },
    pool: { maxPoolSize: 100, minPoolSize: 10, inUse: 3, available: 8 },
  }),
};

export async function start({
  accept,
  parse = parseEntries,
  alwaysReturnOk = true,
  ownApps,
  otherChannels = [],
  limits = {},
  deadlineMs = 5000,
  ...overrides
}: Overrides = {}): Promise<Running> {
  const accepted: unknown[] = [];
  const logged: Record<string, unknown>[] = [];
  const leaving = new AbortController();
  const clock = {
    now: () => 1_790_000_000_500,
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  };
  const log = createLog({ level: 'debug', now: clock.now, write: (line) => logged.push(JSON.parse(line)) });
  const metrics = createMetrics({ backlog: async () => ({ waiting: 0, deadLetters: 0 }), now: clock.now });
  const meta = createMetaWebhook({
    ...{ appSecrets: [SECRET], verifyToken: VERIFY_TOKEN, alwaysReturnOk },
    ...(ownApps && { ownApps }),
  });
  const app = createHttpApp({
    channels: [{ ...meta, parse }, ...otherChannels],
    accept:
      accept ??
      (async (delivery): Promise<Fields> => {
        accepted.push(delivery);
        return { stored: delivery.messages.length, known: 0, foreign: 0 };
      }),
    ready: async () => {},
    leaving: leaving.signal,
    origins: ['https://example.org'],
    adminToken: undefined,
    metricsToken: undefined,
    cache: CACHE,
    hash: (number) => `hash of ${number}`,
    metrics,
    log,
    clock,
    version: '1.2.3',
    ...overrides,
  });
  const listening = await listen(app, {
    port: 0,
    host: '127.0.0.1',
    leaving,
    deadlineMs,
    limits: { leavingIdleMs: 0, ...limits },
    log,
  });
  onTestFinished(() => listening.close());
  return {
    ...listening,
    port: Number(new URL(listening.url).port),
    accepted,
    logged,
    leaving,
    routes: routesOf(app),
    metrics: async () => (await metrics.page()).body,
  };
}

/** The router marks its middleware with itself. */
function routesOf({ middleware }: ReturnType<typeof createHttpApp>): string[] {
  const routers = middleware.flatMap((one) =>
    'router' in one && one.router instanceof Router ? [one.router] : [],
  );
  return routers.flatMap(({ stack }) =>
    stack.flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${path}`),
    ),
  );
}

function parseEntries({ body: bytes }: { readonly body: Buffer }): Delivery | undefined {
  const body = parseJson(bytes.toString());
  return hasEntries(body) ? deliveryOf(body) : undefined;
}

function hasEntries(body: unknown): body is { entry: unknown[] } {
  return typeof body === 'object' && body !== null && 'entry' in body && Array.isArray(body.entry);
}

function deliveryOf({ entry }: { entry: unknown[] }): Delivery {
  return {
    messages: entry.map((one, index) => ({
      id: `wamid.${index}`,
      channel: 'meta',
      number: '1',
      person: { phone: '20123456789' },
      sentAt: 0,
      content: { kind: 'text', text: String(one) },
    })),
    statuses: [],
    notices: [],
  };
}

export function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export const ENVELOPE = JSON.stringify({ object: 'whatsapp_business_account', entry: ['hello'] });

export function post(
  url: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body), ...headers },
  });
}

export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Resolves to everything that the peer sends until it closes. Rejects when it resets the connection. */
export async function receiveAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

/** Resolves at the end of the headers of the first response. */
export async function receiveHead(socket: Socket): Promise<string> {
  let received = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += String(chunk);
    if (received.includes('\r\n\r\n')) return received;
  }
  return received;
}
