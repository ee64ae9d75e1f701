/** The platforms of a deployment, from its variables. */

import { whyRequired } from '../../../app/config/required.ts';
import { unpackSecrets } from '../../../app/config/secret-shapes.ts';
import { VARIABLES } from '../../variables.ts';
import type { Platforms } from './probe.ts';

/** The variables that `platformsOf` reads. */
export const PLATFORM_VARIABLES = [
  ...['META_APP_SECRET', 'META_WEBHOOK_VERIFY_TOKEN'],
  ...['META_ACCESS_TOKEN_FROM_SYS_USER', 'META_BUSINESS_PHONE_NUMBER_ID', 'BUSINESSES'],
  ...['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_WHATSAPP_NUMBER', 'PUBLIC_URL'],
];

/**
 * Returns the platforms that a program with these variables serves, by the conditions of the table of variables. While a
 * secret is rotated there are several; the first is the current one. `url`: the address where no `PUBLIC_URL` is set.
 */
export function platformsOf(variables: Readonly<Record<string, string | undefined>>, url: string): Platforms {
  const { values } = unpackSecrets(variables);
  const isServed = (name: string) =>
    whyRequired('', VARIABLES.find((one) => one.name === name)?.requiredWhen, values) !== undefined;
  const first = (name: string) => values[name]?.split(',')[0]?.trim();
  const [verifyToken, appSecret] = [values.META_WEBHOOK_VERIFY_TOKEN, first('META_APP_SECRET')];
  const authToken = first('TWILIO_AUTH_TOKEN');
  return {
    ...(isServed('META_APP_SECRET') && {
      meta: {
        ...(verifyToken === undefined ? {} : { verifyToken }),
        ...(appSecret === undefined ? {} : { appSecret }),
      },
    }),
    ...(isServed('TWILIO_AUTH_TOKEN') && {
      twilio: { ...(authToken === undefined ? {} : { authToken }), publicUrl: values.PUBLIC_URL ?? url },
    }),
  };
}
