import { z } from 'zod';

/**
 * The fields of webhooks that are no messages: news of the account and its numbers, and events of features that we do not
 * use. Meta, "Webhooks, overview", and the reference page of each field.
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
  ...[
    'smb_message_echoes',
    'template_category_update',
    'template_correct_category_detection',
    'tracking_events',
  ],
  ...['user_id_update', 'user_preferences'],
]);

const GROUPS = /^group_[a-z_]{1,40}$/;

const word = z.string().optional().catch(undefined);

const News = z.object({
  event: word,
  decision: word,
  ban_info: z.object({ waba_ban_state: word }).optional().catch(undefined),
  alert_severity: word,
  alert_type: word,
  alert_info: z.object({ alert_severity: word, alert_type: word }).optional().catch(undefined),
});

/**
 * Events after which the account can do less, or nothing. `DISABLED_UPDATE` is judged by its `ban_info`: it tells of the
 * end of a ban too.
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

/** What a field that holds neither messages nor statuses comes to. */
export function readField(field: string, value: unknown): ReadField {
  const isGroup = GROUPS.test(field);
  if (!DOCUMENTED.has(field) && !isGroup) return { what: 'unknown_field', detail: field };
  if (isGroup) return { what: 'group_update', detail: field, routine: true };
  const news = News.safeParse(value).data ?? {};
  const harm = harmOf(field, news);
  if (harm !== undefined) return { what: 'account_restricted', detail: harm };
  const detail = news.event ?? news.decision ?? news.alert_info?.alert_type ?? news.alert_type;
  return { what: field, detail, routine: true };
}

/** Meta's word for what an operator has to act on; undefined: there is nothing. */
function harmOf(field: string, news: Partial<z.infer<typeof News>>): string | undefined {
  const { event = '', decision, ban_info, alert_info } = news;
  switch (field) {
    case 'account_update': {
      const banned = event === 'DISABLED_UPDATE' || ban_info !== undefined;
      if (banned) return ban_info?.waba_ban_state === 'REINSTATE' ? undefined : event || 'DISABLED_UPDATE';
      return HARMFUL.has(event) ? event : undefined;
    }
    case 'account_review_update':
      return decision === 'REJECTED' ? decision : undefined;
    case 'account_alerts': {
      // Older deliveries have it beside the entity.
      const { alert_severity, alert_type } = alert_info ?? news;
      return alert_severity === 'CRITICAL' ? (alert_type ?? alert_severity) : undefined;
    }
    case 'phone_number_quality_update':
      return event === 'FLAGGED' || event.endsWith('DOWNGRADE') ? event : undefined;
    default:
      return undefined;
  }
}
