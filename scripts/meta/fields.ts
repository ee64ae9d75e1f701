/** The webhook fields that an app receives, of every account that it is subscribed to. */
import { z } from 'zod';
import type { Callback } from './callback.ts';
import type { Graph } from './graph.ts';

/** Without it no message and no status is delivered. */
export const REQUIRED_FIELD = 'messages';

/** What this service reads (`app/channels/meta/parse.ts`), and what for. */
export const FIELDS: Readonly<Record<string, string>> = {
  [REQUIRED_FIELD]: 'messages and statuses',
  standby: 'messages while another app has the conversation',
  messaging_handovers: 'which app has the conversation',
  smb_message_echoes: 'what the business writes in the WhatsApp Business app',
};

const OBJECT = 'whatsapp_business_account';

/** Graph API reference, "Application subscriptions"; the fields were texts in older versions. */
const subscriptionBody = z.object({
  object: z.string(),
  callback_url: z.string().optional(),
  active: z.boolean().optional(),
  fields: z
    .array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))
    .default([]),
});
export type AppWebhook = z.infer<typeof subscriptionBody>;

/** Resolves to the webhook of the app for WhatsApp; undefined when it has none. Needs the access token of the app. */
export async function appWebhook(graph: Graph, app: string): Promise<AppWebhook | undefined> {
  const { items } = await graph.list(`${app}/subscriptions`, subscriptionBody);
  return items.find(({ object }) => object === OBJECT);
}

export function missingFields(webhook: AppWebhook | undefined): readonly string[] {
  return Object.keys(FIELDS).filter((field) => !webhook?.fields.includes(field));
}

/**
 * Switches on what this service reads, with this callback of the app. The fields that are on stay on: they are sent too,
 * since the documentation does not say whether a call adds fields or replaces them.
 */
export async function switchOn(
  graph: Graph,
  app: string,
  webhook: AppWebhook | undefined,
  { url, verifyToken }: Callback,
): Promise<void> {
  const fields = [...new Set([...(webhook?.fields ?? []), ...Object.keys(FIELDS)])];
  await graph.post(`${app}/subscriptions`, {
    ...{ object: OBJECT, callback_url: url, verify_token: verifyToken },
    fields: fields.join(','),
  });
}
