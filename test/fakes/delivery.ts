import { sign } from '#app/channels/meta/signature.ts';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';

interface TextDelivery {
  readonly text?: string;
  readonly phone?: string;
  /** Meta's id of the business number. */
  readonly number?: string;
}

/** The body that Meta posts for one text of one person. `deliver` signs it. */
export function textDelivery(
  id: string,
  { text = 'What is zakat?', phone = '15550001111', number = DEVELOPMENT.number }: TextDelivery = {},
): Buffer {
  const message = {
    from: phone,
    id,
    timestamp: `${Math.floor(Date.now() / 1000)}`,
    type: 'text',
    text: { body: text },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550009999', phone_number_id: number },
    contacts: [{ wa_id: phone, profile: { name: 'A' } }],
    messages: [message],
  };
  const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}

/** Posts a body unchanged to a running app, signed with the development secret. */
export function deliver(url: string, body: Buffer): Promise<Response> {
  return fetch(`${url}/whatsapp/v2`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': sign(body, DEVELOPMENT.appSecret),
    },
  });
}
