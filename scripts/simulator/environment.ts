import { VARIABLES } from '../../app/config/variables.ts';
import { DEVELOPMENT } from './development.ts';
import type { ChannelName } from './options.ts';

interface Urls {
  readonly simulator: string;
  /** Of the app, as the simulator sees it. */
  readonly app: string;
}

/** Returns the variables with which the app uses the simulator as its platform. */
export function environmentFor(
  channel: ChannelName,
  { simulator, app }: Urls,
): Readonly<Record<string, string>> {
  if (channel === 'meta') {
    return {
      META_API_URL: simulator,
      META_BUSINESS_PHONE_NUMBER_ID: DEVELOPMENT.number,
      META_ACCESS_TOKEN_FROM_SYS_USER: DEVELOPMENT.accessToken,
      META_WEBHOOK_VERIFY_TOKEN: DEVELOPMENT.verifyToken,
      META_APP_SECRET: DEVELOPMENT.appSecret,
    };
  }
  const { accountSid, authToken, number } = DEVELOPMENT.twilio;
  return {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_WHATSAPP_NUMBER: number,
    TWILIO_API_URL: simulator,
    PUBLIC_URL: app,
  };
}

/** Returns the same variables and their other names without values, which the app reads as not set. */
export function emptyEnvironmentOf(channel: ChannelName): Readonly<Record<string, string>> {
  const set = environmentFor(channel, { simulator: '', app: '' });
  const names = VARIABLES.filter(({ name }) => Object.hasOwn(set, name)).flatMap((variable) => [
    variable.name,
    ...(variable.aliases ?? []),
    ...(variable.olderNames ?? []),
  ]);
  return Object.fromEntries(names.map((name) => [name, '']));
}
