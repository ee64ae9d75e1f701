import { z } from 'zod';

/**
 * The webhook fields without messages: events of the account and its numbers, and of features that are not used here. Meta,
 * "Webhooks, overview", and the reference page of each field.
 */
const DOCUMENTED = new Set([
  ...['account_alerts', 'account_review_update', 'account_settings_update', 'account_update'],
  ...[
    'automatic_events',
    'business_capability_update',
    'business_status_update',
    'calls',
    'flows',
    'history',
  ],
  ...['message_echoes', 'message_template_components_update', 'message_template_quality_update'],
  ...['message_template_status_update', 'partner_solutions', 'payment_configuration_update'],
  ...['phone_number_name_update', 'phone_number_quality_update', 'security', 'smb_app_state_sync'],
  ...['template_category_update', 'template_correct_category_detection', 'tracking_events'],
  ...['user_id_update', 'user_preferences'],
]);

const GROUPS = /^group_[a-z_]{1,40}$/;

const word = z.string().optional().catch(undefined);

const AccountEvent = z.object({
  event: word,
  decision: word,
  ban_info: z.object({ waba_ban_state: word }).optional().catch(undefined),
  alert_severity: word,
  alert_type: word,
  alert_info: z.object({ alert_severity: word, alert_type: word }).optional().catch(undefined),
});

/**
 * Events that restrict or disable the account. `DISABLED_UPDATE` is decided by its `ban_info`: it also reports the end of a
 * ban.
 */
const HARMFUL = new Set([
  ...['ACCOUNT_DELETED', 'ACCOUNT_OFFBOARDED', 'ACCOUNT_RESTRICTION', 'ACCOUNT_VIOLATION'],
  ...['PARTNER_APP_UNINSTALLED', 'PARTNER_REMOVED'],
]);

interface ReadField {
  /** `account_restricted`: an operator has to act. Otherwise the name of a documented field, or `unknown_field`. */
  readonly what: string;
  readonly detail?: string | undefined;
  readonly routine?: true;
}

/** Returns the notice for a field without messages and statuses. */
export function readField(field: string, value: unknown): ReadField {
  const isGroup = GROUPS.test(field);
  if (!DOCUMENTED.has(field) && !isGroup) return { what: 'unknown_field', detail: field };
  if (isGroup) return { what: 'group_update', detail: field, routine: true };
  const accountEvent = AccountEvent.safeParse(value).data ?? {};
  const harm = harmOf(field, accountEvent);
  if (harm !== undefined) return { what: 'account_restricted', detail: harm };
  const detail =
    accountEvent.event ??
    accountEvent.decision ??
    accountEvent.alert_info?.alert_type ??
    accountEvent.alert_type;
  return { what: field, detail, routine: true };
}

/** Returns Meta's word for an event that requires operator action; undefined for any other event. */
function harmOf(field: string, accountEvent: Partial<z.infer<typeof AccountEvent>>): string | undefined {
  const { event = '', decision, ban_info, alert_info } = accountEvent;
  switch (field) {
    case 'account_update': {
      const banned = event === 'DISABLED_UPDATE' || ban_info !== undefined;
      if (banned) return ban_info?.waba_ban_state === 'REINSTATE' ? undefined : event || 'DISABLED_UPDATE';
      return HARMFUL.has(event) ? event : undefined;
    }
    case 'account_review_update':
      return decision === 'REJECTED' ? decision : undefined;
    case 'account_alerts': {
      // Older deliveries have these keys at the top level.
      const { alert_severity, alert_type } = alert_info ?? accountEvent;
      return alert_severity === 'CRITICAL' ? (alert_type ?? alert_severity) : undefined;
    }
    case 'phone_number_quality_update':
      return event === 'FLAGGED' || event.endsWith('DOWNGRADE') ? event : undefined;
    default:
      return undefined;
  }
}
