import { z } from 'zod';
import type { SimulatorOptions } from '../options.ts';
import type { Business } from './business.ts';
import { type Call, type Endpoint, pick } from './call.ts';
import type { Json } from './check.ts';
import { GraphError } from './errors.ts';
import { describeNumber, healthOf, readOverride, withoutToken } from './number.ts';
import { newTemplateSchema, type Templates } from './templates.ts';

const DEFAULT_FIELDS = ['name', 'timezone_id', 'message_template_namespace', 'currency'];
const NUMBER_DEFAULT_FIELDS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
];

/** The endpoints of the WhatsApp Business Account. */
export function createAccount(options: SimulatorOptions, business: Business, templates: Templates): Endpoint {
  const edges: Readonly<Record<string, Endpoint>> = {
    'GET ': (call) => pick(describe(), DEFAULT_FIELDS, call, 'WhatsAppBusinessAccount'),
    'GET phone_numbers': (call) =>
      paged([
        pick(describeNumber(options, business), NUMBER_DEFAULT_FIELDS, call, 'WhatsAppBusinessPhoneNumber'),
      ]),
    'GET subscribed_apps': () => ({ data: subscriptions() }),
    'POST subscribed_apps': subscribe,
    'DELETE subscribed_apps': () => {
      business.subscribed = false;
      return { success: true };
    },
    'GET message_templates': listTemplates,
    'POST message_templates': addTemplate,
    'DELETE message_templates': ({ query }) => {
      if (templates.remove(String(query.name))) return { success: true };
      throw new GraphError(100, { message: 'Message template not found' });
    },
  };

  function describe(): Json {
    const empty = [
      'marketing_messages_lite_api_status',
      'marketing_messages_onboarding_status',
      'on_behalf_of_business_info',
      'owner_business_info',
      'is_enabled_for_insights',
      'disable_marketing_messages_on_cloud_api',
      'primary_funding_id',
    ];
    return {
      ...Object.fromEntries(empty.map((name) => [name, undefined])),
      id: options.businessAccount,
      name: 'Ansari',
      timezone_id: '1',
      message_template_namespace: '00000000_0000_4000_8000_000000000000',
      currency: 'USD',
      country: 'US',
      status: 'ACTIVE',
      ownership_type: 'SELF',
      account_review_status: 'APPROVED',
      business_verification_status: 'verified',
      health_status: healthOf(options),
      subscribed_apps: { data: subscriptions() },
      phone_numbers: { data: [{ id: options.number }] },
    };
  }

  function subscriptions(): Json[] {
    if (!business.subscribed) return [];
    const override = business.accountOverride && { override_callback_uri: business.accountOverride.url };
    const app = {
      id: options.app,
      name: 'Ansari',
      link: `https://www.facebook.com/games/?app_id=${options.app}`,
    };
    return [{ whatsapp_business_api_data: app, ...override }];
  }

  /** A call without an override removes an earlier one (Meta, "Webhook overrides"). */
  async function subscribe({ parameters }: Call): Promise<Json> {
    const body = withoutToken(await parameters());
    const override =
      body.override_callback_uri === undefined ? undefined : await readOverride(body, business);
    if (override) business.accountOverride = override;
    else delete business.accountOverride;
    business.subscribed = true;
    return { success: true };
  }

  function listTemplates({ query }: Call): Json {
    const found = templates.list().filter(({ name }) => query.name === undefined || query.name === name);
    if (query.summary === undefined) return paged(found);
    const count = { total_count: found.length, message_template_count: templates.list().length };
    const summary = { ...count, message_template_limit: 250, are_translations_complete: true };
    return { ...paged(found), summary };
  }

  async function addTemplate({ parameters }: Call): Promise<Json> {
    const template = newTemplateSchema.safeParse(await parameters());
    if (!template.success)
      throw new GraphError(100, { message: `Invalid parameter: ${z.prettifyError(template.error)}` });
    const { id, status, category } = templates.add(template.data);
    return { id, status, category };
  }

  return (call) => edges[`${call.method} ${call.edge}`]?.(call);
}

/** Returns all items as one page. */
function paged(data: readonly unknown[]): Json {
  return { data, paging: { cursors: { before: 'MAZDZD', after: 'MAZDZD' } } };
}
