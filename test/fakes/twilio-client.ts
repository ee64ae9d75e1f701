import twilio from 'twilio';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';

/** The official client with all of its hosts (`api.twilio.com`, `messaging.twilio.com`) replaced by one address. */
export function twilioClient(
  address: string,
  { accountSid, authToken }: { accountSid: string; authToken: string } = DEVELOPMENT.twilio,
): twilio.Twilio {
  const httpClient = new twilio.RequestClient();
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) => {
    const { pathname, search } = new URL(options.uri);
    return request({ ...options, uri: `${address}${pathname}${search}` });
  };
  return twilio(accountSid, authToken, { httpClient });
}
