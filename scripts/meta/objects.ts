/**
 * Objects of the Graph API that commands read. Every field is optional that Meta leaves out for some accounts, tokens or
 * versions; unknown fields are ignored.
 */
import { z } from 'zod';

/** What sending and receiving need (WhatsApp Business Platform, "Access tokens"). */
const PERMISSIONS = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const;
const MANAGEMENT = PERMISSIONS[1];

/** Seconds since 1970; 0: never. */
const time = z.number().default(0);

/** Graph API reference, "Debug-Token". */
export const tokenBody = z.object({
  data: z.object({
    is_valid: z.boolean(),
    app_id: z.string().optional(),
    application: z.string().optional(),
    type: z.string().optional(),
    user_id: z.string().optional(),
    issued_at: time,
    expires_at: time,
    data_access_expires_at: time,
    scopes: z.array(z.string()).default([]),
    granular_scopes: z
      .array(z.object({ scope: z.string(), target_ids: z.array(z.string()).nullish() }))
      .default([]),
    error: z.object({ message: z.string() }).optional(),
  }),
});
export type TokenInfo = z.infer<typeof tokenBody>['data'];

/** Returns the permissions that the token lacks. */
export function missingPermissions({ scopes }: TokenInfo): readonly string[] {
  return PERMISSIONS.filter((permission) => !scopes.includes(permission));
}

/**
 * Returns the ids of the WhatsApp Business Accounts that the token was granted. Empty when Meta lists none, which says
 * nothing about what the token may use.
 */
export function accountsOf({ granular_scopes }: TokenInfo): readonly string[] {
  return granular_scopes.find(({ scope }) => scope === MANAGEMENT)?.target_ids ?? [];
}

/** The callbacks of a number. Each is absent or empty where none is set (Meta, "Webhook overrides"). */
export const webhookConfiguration = z
  .object({
    phone_number: z.string().optional(),
    whatsapp_business_account: z.string().optional(),
    application: z.string().optional(),
  })
  .default({});
export type WebhookConfiguration = z.infer<typeof webhookConfiguration>;

/** In the order in which Meta looks for the callback of a delivery (Meta, "Webhook overrides"). */
export const CALLBACK_ORDER = ['phone_number', 'whatsapp_business_account', 'application'] as const;

/** Returns where deliveries of the number go, and why; undefined when no callback is set. */
export function effectiveCallback(
  set: WebhookConfiguration,
): { readonly level: (typeof CALLBACK_ORDER)[number]; readonly url: string } | undefined {
  for (const level of CALLBACK_ORDER) {
    const url = set[level];
    if (url) return { level, url };
  }
  return undefined;
}
