import { z } from 'zod';
import type { SimulatorOptions } from '../options.ts';
import type { Business, Override } from './business.ts';
import { type Call, type Endpoint, nested, pick } from './call.ts';
import type { Json } from './check.ts';
import { GraphError, invalid, missing } from './errors.ts';

const BUSINESS_PORTFOLIO = '500000000000005';
const DEFAULT_FIELDS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
];
const PROFILE = ['about', 'address', 'description', 'email', 'profile_picture_url', 'websites', 'vertical'];
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  about: 139,
  address: 256,
  description: 512,
  email: 128,
};
const overrideSchema = z.object({
  override_callback_uri: z.union([z.literal(''), z.url().max(200)]),
  verify_token: z.string().min(1).optional(),
});

/** The endpoints of the business phone number, except `/messages` and `/media`. */
export function createNumber(options: SimulatorOptions, business: Business): Endpoint {
  const edges: Readonly<Record<string, Endpoint>> = {
    'GET ': (call) =>
      pick(describeNumber(options, business), DEFAULT_FIELDS, call, 'WhatsAppBusinessPhoneNumber'),
    'POST ': update,
    'POST register': register,
    'POST deregister': () => {
      business.registered = false;
      return { success: true };
    },
    'GET settings': () => business.settings,
    'POST settings': async ({ parameters }) => {
      Object.assign(business.settings, withoutToken(await parameters()));
      return { success: true };
    },
    'GET whatsapp_business_profile': (call) => ({ data: [readProfile(call)] }),
    'POST whatsapp_business_profile': updateProfile,
  };

  async function update({ parameters }: Call): Promise<Json> {
    const { webhook_configuration, new_display_name } = await parameters();
    if (typeof new_display_name === 'string') business.displayName = new_display_name;
    const configuration = nested(webhook_configuration, 'webhook_configuration');
    if (configuration) {
      const override = await readOverride(configuration, business);
      if (override) business.numberOverride = override;
      else delete business.numberOverride;
    }
    return { success: true };
  }

  async function register({ parameters }: Call): Promise<Json> {
    const { messaging_product, pin } = await parameters();
    expectWhatsApp(messaging_product);
    if (pin === undefined) throw missing('pin is missing');
    if (!/^[0-9]{6}$/.test(String(pin))) throw invalid('pin must have six digits');
    business.registered = true;
    return { success: true };
  }

  function readProfile(call: Call): Json {
    const all = Object.fromEntries(PROFILE.map((field) => [field, business.profile[field]]));
    const { id: _none, ...profile } = pick(all, ['about', 'vertical'], call, 'WhatsAppBusinessProfile');
    return { ...profile, messaging_product: 'whatsapp' };
  }

  async function updateProfile({ parameters }: Call): Promise<Json> {
    const { messaging_product, profile_picture_handle, ...changes } = withoutToken(await parameters());
    expectWhatsApp(messaging_product);
    for (const [name, value] of Object.entries(changes)) {
      if (!PROFILE.includes(name))
        throw new GraphError(100, { message: `Unexpected key "${name.slice(0, 80)}"` });
      const max = MAX_LENGTHS[name];
      if (max !== undefined && String(value).length > max)
        throw new GraphError(100, { message: `Param ${name} must be at most ${max} characters long.` });
    }
    const { websites } = changes;
    if (Array.isArray(websites) && websites.length > 2) throw invalid('websites has more than 2 entries');
    Object.assign(business.profile, changes);
    return { success: true };
  }

  return (call) => edges[`${call.method} ${call.edge}`]?.(call);
}

/** Returns every field of the node. A field without a value here is undefined. */
export function describeNumber(options: SimulatorOptions, business: Business): Json {
  const { displayNumber, number } = options;
  const override = business.numberOverride && { phone_number: business.numberOverride.url };
  const account = business.accountOverride && { whatsapp_business_account: business.accountOverride.url };
  const empty = [
    'certificate',
    'new_certificate',
    'conversational_automation',
    'quality_score',
    'last_onboarded_time',
  ];
  return {
    ...Object.fromEntries(empty.map((name) => [name, undefined])),
    id: number,
    display_phone_number: `+${displayNumber.slice(0, -10)} ${displayNumber.slice(-10, -7)}-${displayNumber.slice(-7, -4)}-${displayNumber.slice(-4)}`,
    verified_name: business.displayName,
    quality_rating: 'GREEN',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
    webhook_configuration: { application: business.appCallback, ...account, ...override },
    status: business.registered ? 'CONNECTED' : 'DISCONNECTED',
    code_verification_status: 'VERIFIED',
    name_status: 'APPROVED',
    new_name_status: 'NONE',
    account_mode: 'SANDBOX',
    is_on_biz_app: false,
    is_official_business_account: false,
    is_pin_enabled: true,
    is_preverified_number: false,
    search_visibility: 'NON_VISIBLE',
    eligibility_for_api_business_global_search: 'NON_ELIGIBLE_UNDEFINED_COUNTRY',
    health_status: healthOf(options, { PHONE_NUMBER: number }),
    country_code: 'US',
    country_dial_code: '1',
    whatsapp_business_manager_messaging_limit: 'TIER_250',
  };
}

/** Returns the health of a node, which names the nodes that a send depends on (Meta, "Messaging health status"). */
export function healthOf(options: SimulatorOptions, own: Readonly<Record<string, string>> = {}): Json {
  const nodes = { ...own, WABA: options.businessAccount, BUSINESS: BUSINESS_PORTFOLIO, APP: options.app };
  const entities = Object.entries(nodes).map(([entity_type, id]) => ({
    ...{ entity_type, id, can_send_message: 'AVAILABLE' },
  }));
  return { can_send_message: 'AVAILABLE', entities };
}

/** Resolves to undefined when the override is to be removed. Throws when the address fails the challenge. */
export async function readOverride(json: Json, business: Business): Promise<Override | undefined> {
  const parsed = overrideSchema.safeParse(json);
  if (!parsed.success)
    throw invalid('override_callback_uri must be an address of at most 200 characters, or empty');
  const { override_callback_uri: url, verify_token: verifyToken } = parsed.data;
  if (url === '') return undefined;
  if (verifyToken === undefined) throw missing('verify_token is missing');
  await business.verify({ url, verifyToken });
  return { url, verifyToken };
}

export function withoutToken({ access_token: _token, ...parameters }: Json): Json {
  return parameters;
}

function expectWhatsApp(product: unknown): void {
  if (product === 'whatsapp') return;
  throw new GraphError(100, { message: 'The parameter messaging_product is required.' });
}
