import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { SimulatorOptions } from '#scripts/simulator/options.ts';
import { createSimulator, type Simulator } from '#scripts/simulator/simulator.ts';
import { startWebhookApp, type WebhookApp } from '../../fakes/webhook-app.ts';

export const NUMBER = '100000000000001';
export const AMINA = '15550000001';

/** Short delays, and no batches. */
export const QUICK = {
  sentAfterMs: 1,
  deliveredAfterMs: 2,
  batch: { waitMs: 1, chance: 0, max: 1 },
  redelivery: { firstMs: 1, factor: 2, maxMs: 20 },
} satisfies Partial<SimulatorOptions>;

/** Starts a simulator with short delays, and the app that it delivers to. */
export async function startWithApp(
  options: Partial<SimulatorOptions> = {},
): Promise<[Simulator, WebhookApp]> {
  const app = await startWebhookApp();
  const simulator = await createSimulator({
    ...QUICK,
    webhookUrl: app.url,
    ...options,
  });
  onTestFinished(async () => {
    await simulator.close();
    await app.close();
  });
  return [simulator, app];
}

const answerSchema = z.looseObject({
  error: z.looseObject({ code: z.number() }).optional(),
  contacts: z.array(z.looseObject({ wa_id: z.string().optional() })).default([]),
  messages: z.array(z.looseObject({ id: z.string() })).default([]),
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: z.infer<typeof answerSchema>;
}

/** Posts a message to the Graph API as the app does. */
export async function graph(
  simulator: Simulator,
  body: unknown,
  { token = 'development-access-token', version = 'v25.0', number = NUMBER } = {},
): Promise<Answer> {
  const response = await fetch(`${simulator.url}/${version}/${number}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: answerSchema.parse(await response.json()),
  };
}

interface GraphResponse {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** Calls the Graph API. `body` is sent as JSON or as a form. */
export async function call(
  simulator: Simulator,
  method: string,
  path: string,
  body?: Record<string, unknown> | FormData,
  token: string | undefined = 'development-access-token',
): Promise<GraphResponse> {
  const json = body === undefined || body instanceof FormData ? body : JSON.stringify(body);
  const response = await fetch(`${simulator.url}/${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof json === 'string' ? { 'content-type': 'application/json' } : {}),
    },
    ...(json === undefined ? {} : { body: json }),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: JSON.parse(await response.text()) };
}

/** Calls the control API: GET, or POST with a body. */
export async function control(simulator: { url: string }, path: string, body?: unknown): Promise<unknown> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${simulator.url}/control/${path}`, body === undefined ? {} : post);
  return response.json();
}

/** Returns a text message of the Graph API. */
export function text(body: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: AMINA,
    type: 'text',
    text: { body },
    ...more,
  };
}
