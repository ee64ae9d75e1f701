/** The callback of the number, which comes before that of the account and of the app. */
import { z } from 'zod';
import type { Callback } from './callback.ts';
import { type WebhookConfiguration, webhookConfiguration } from './objects.ts';
import type { Meta } from './open.ts';

const numberBody = z.object({ webhook_configuration: webhookConfiguration });

/** Resolves to the callbacks that apply to deliveries of the number. */
export async function callbacksOf({ graph, settings }: Meta): Promise<WebhookConfiguration> {
  const read = await graph.get(await settings.number(), numberBody, { fields: 'webhook_configuration' });
  return read.webhook_configuration;
}

/** Sets the callback of the number; undefined removes it: an empty address (Meta, "Webhook overrides"). Idempotent. */
export async function setNumberCallback(
  { graph, settings }: Meta,
  callback: Callback | undefined,
): Promise<void> {
  await graph.post(await settings.number(), {
    webhook_configuration: callback === undefined ? { override_callback_uri: '' } : requestOf(callback),
  });
}

/** Returns the parameters of a call that sets a callback. */
export function requestOf({ url, verifyToken }: Callback) {
  return { override_callback_uri: url, verify_token: verifyToken };
}
