/** Deliveries as Twilio makes them, signed by Twilio's own package. */
import twilio from 'twilio';

export const ACCOUNT_SID = 'AC0123456789abcdef0123456789abcdef';
export const AUTH_TOKEN = '0123456789abcdef-a-token-of-tests';
export const TWILIO_NUMBER = '+14155238886';
export const PUBLIC_URL = 'https://whatsapp.example.org';
export const TWILIO_PATH = '/whatsapp/twilio';

export type Fields = Readonly<Record<string, string>>;

/** The fields of an inbound text (Twilio, "Request to your incoming message webhook URL"), with changes. */
export function inbound(changes: Fields = {}): Fields {
  const sid = changes.MessageSid ?? `SM${'0'.repeat(31)}1`;
  return {
    SmsMessageSid: sid,
    NumMedia: '0',
    ProfileName: 'Aïsha',
    MessageType: 'text',
    SmsSid: sid,
    WaId: '15550001111',
    SmsStatus: 'received',
    Body: 'What is zakat?',
    To: `whatsapp:${TWILIO_NUMBER}`,
    NumSegments: '1',
    ReferralNumMedia: '0',
    MessageSid: sid,
    AccountSid: ACCOUNT_SID,
    From: 'whatsapp:+15550001111',
    ApiVersion: '2010-04-01',
    ...changes,
  };
}

/** The fields of a status of a part (Twilio, "Track outbound message status"), with changes. */
export function statusOf(sid: string, word: string, changes: Fields = {}): Fields {
  return {
    ChannelPrefix: 'whatsapp',
    ApiVersion: '2010-04-01',
    MessageStatus: word,
    SmsSid: sid,
    SmsStatus: word,
    ChannelInstallSid: `XE${'0'.repeat(32)}`,
    To: 'whatsapp:+15550001111',
    From: `whatsapp:${TWILIO_NUMBER}`,
    MessageSid: sid,
    AccountSid: ACCOUNT_SID,
    ...changes,
  };
}

interface Signing {
  readonly authToken?: string;
  /** The URL that Twilio signs. */
  readonly signed?: string;
}

/** Posts a delivery to a service, signed for `PUBLIC_URL`. `path` holds the query. */
export function deliverFromTwilio(
  url: string,
  fields: Fields,
  path = TWILIO_PATH,
  { authToken = AUTH_TOKEN, signed = PUBLIC_URL + path }: Signing = {},
): Promise<Response> {
  const signature = twilio.getExpectedTwilioSignature(authToken, signed, fields);
  return fetch(url + path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': signature,
    },
  });
}
