import { z } from 'zod';
import type { SimulatorOptions } from '../options.ts';
import type { Business } from './business.ts';
import { type Call, type Endpoint, pick, tokenOf } from './call.ts';
import type { Json } from './check.ts';
import { GraphError, missing } from './errors.ts';

const SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'];
const SYSTEM_USER = '600000000000006';
/** Seconds since 1970. */
const ISSUED_AT = 1_767_225_600;
const subscriptionSchema = z.object({
  object: z.literal('whatsapp_business_account'),
  callback_url: z.url(),
  verify_token: z.string().min(1),
  /** A list, or its words with commas between them (Graph API, "Subscriptions edge"). */
  fields: z
    .union([
      z.array(z.string()),
      z.string().transform((list) => list.split(',').map((field) => field.trim())),
    ])
    .optional(),
});

/** The endpoints of the app, of its token and of the owner of a token. */
export function createApp(options: SimulatorOptions, business: Business) {
  /** The app token, which Graph forms of id and secret. */
  const appToken = `${options.app}|${options.appSecret}`;

  const me: Endpoint = (call) => {
    if (call.method !== 'GET' || call.edge !== '') return undefined;
    return pick({ id: SYSTEM_USER, name: 'System user' }, ['name'], call, 'User');
  };

  const debugToken: Endpoint = ({ method, edge, query }) => {
    if (method !== 'GET' || edge !== '') return undefined;
    const { input_token } = query;
    if (typeof input_token !== 'string')
      throw new GraphError(100, { message: 'The parameter input_token is required.' });
    const granular = SCOPES.map((scope) => ({ scope, target_ids: [options.businessAccount] }));
    const common = {
      ...{ app_id: options.app, type: 'SYSTEM_USER', application: 'Ansari', user_id: SYSTEM_USER },
      ...{ issued_at: ISSUED_AT, data_access_expires_at: 0 },
    };
    if (isValidToken(input_token)) {
      return {
        data: { ...common, is_valid: true, expires_at: 0, scopes: SCOPES, granular_scopes: granular },
      };
    }
    const error = { code: 190, message: 'Malformed access token' };
    return { data: { error, is_valid: false, scopes: [] } };
  };

  /** `GET /oauth/access_token`, the one call without a token. */
  const token: Endpoint = async ({ parameters }) => {
    const { client_id, client_secret } = await parameters();
    if (client_id === undefined) throw missing('client_id is missing');
    if (String(client_id) === options.app && client_secret === options.appSecret)
      return { access_token: appToken, token_type: 'bearer' };
    throw new GraphError(1, { message: 'Error validating client secret.' });
  };

  const app: Endpoint = (call) => {
    switch (`${call.method} ${call.edge}`) {
      case 'GET ':
        return pick(
          { id: options.app, name: 'Ansari', link: undefined, category: 'Business' },
          ['name'],
          call,
          'Application',
        );
      case 'GET subscriptions':
        requireAppToken(call);
        return { data: [describeSubscription()] };
      case 'POST subscriptions':
        requireAppToken(call);
        return subscribe(call);
      default:
        return undefined;
    }
  };

  function describeSubscription(): Json {
    const fields = business.appFields.map((name) => ({ name, version: 'v25.0' }));
    return { object: 'whatsapp_business_account', callback_url: business.appCallback, active: true, fields };
  }

  /** Graph API reference, "Application subscriptions": an app access token is required. */
  function requireAppToken(call: Call): void {
    if (tokenOf(call) === appToken) return;
    throw new GraphError(15, { message: 'This method must be called with an app access_token.' });
  }

  /**
   * The fields of a call replace those before, and a call without any changes none. An assumption: the documentation does
   * not say whether they are added.
   */
  async function subscribe({ parameters }: Call): Promise<Json> {
    const subscription = subscriptionSchema.safeParse(await parameters());
    if (!subscription.success)
      throw new GraphError(100, { message: `Invalid parameter: ${z.prettifyError(subscription.error)}` });
    const { callback_url: url, verify_token: verifyToken, fields } = subscription.data;
    await business.verify({ url, verifyToken });
    business.appCallback = url;
    business.appFields = fields ?? business.appFields;
    return { success: true };
  }

  function isValidToken(value: string | undefined): boolean {
    return value === options.accessToken || value === appToken;
  }

  return { me, debugToken, token, app, isValidToken };
}
