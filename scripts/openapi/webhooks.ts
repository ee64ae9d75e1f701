/** The routes of the platforms: their paths and limits are those of the channels. */
import { createMetaWebhook } from '../../app/channels/meta/webhook.ts';
import { createTwilioWebhook } from '../../app/channels/twilio/webhook.ts';
import type { Operation } from './operation.ts';
import { fails, refusals, succeeds, UNREADABLE } from './responses.ts';

const META = createMetaWebhook({ appSecrets: [], verifyToken: '', alwaysReturnOk: true });
const TWILIO = createTwilioWebhook({ publicUrl: '', authTokens: [] });

const META_EXAMPLE = {
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '1000000000001',
      changes: [
        {
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '15550000001', phone_number_id: '1000000000002' },
            messages: [
              {
                from: '15550000002',
                id: 'wamid.EXAMPLE',
                timestamp: '1795768330',
                type: 'text',
                text: { body: 'What is zakat?' },
              },
            ],
          },
        },
      ],
    },
  ],
};

function verification(path: string, nth: number): Operation {
  const text = (name: string, description: string) => ({
    ...{ name, in: 'query', required: true, description, schema: { type: 'string' } },
  });
  return {
    ...{ method: 'get', path, id: `verifyAddress${nth}`, tag: 'webhooks', security: ['none'] },
    summary: 'Meta verifies the address',
    parameters: [
      text('hub.mode', '`subscribe`'),
      text('hub.verify_token', 'META_WEBHOOK_VERIFY_TOKEN'),
      text('hub.challenge', 'Up to 256 letters, digits, `_` and `-`'),
    ],
    responses: {
      200: {
        description: 'The bare challenge',
        bodies: [{ content: 'text/plain', examples: { challenge: '1158201444' } }],
      },
      400: fails('A parameter is missing, repeated or unsafe', {
        BAD_REQUEST: 'hub.mode, hub.verify_token and hub.challenge are needed, each once',
      }),
      403: fails('The token or the mode is wrong', {
        FORBIDDEN: 'the verify token or the mode is wrong',
      }),
    },
  };
}

function metaDelivery(path: string, nth: number): Operation {
  const stored = succeeds('', 'stored').bodies;
  const unreadable = fails('', { INVALID_PAYLOAD: UNREADABLE }).bodies;
  return {
    ...{ method: 'post', path, id: `receiveFromMeta${nth}`, tag: 'webhooks', security: ['metaSignature'] },
    summary: 'Meta delivers messages and statuses',
    requestBody: { type: 'application/json', content: 'MetaDelivery', example: META_EXAMPLE },
    responses: {
      200: {
        description:
          'Every message and status is stored. Also for a signed body that cannot be read, unless ALWAYS_RETURN_OK_TO_META is false: Meta would deliver it for days',
        bodies: [...stored, ...unreadable],
      },
      400: fails('Signed, and cannot be read, with ALWAYS_RETURN_OK_TO_META=false', {
        INVALID_PAYLOAD: UNREADABLE,
      }),
      ...refusals(META.maxBodyBytes),
    },
  };
}

function twilioDelivery(path: string): Operation {
  return {
    ...{ method: 'post', path, id: 'receiveFromTwilio', tag: 'webhooks', security: ['twilioSignature'] },
    summary: 'Twilio delivers a message or a status',
    description: 'The route exists when TWILIO_ACCOUNT_SID is set.',
    parameters: [
      {
        ...{ name: 'part', in: 'query', required: false, schema: { type: 'string' } },
        description: 'In the address of a status: the part that it is about',
      },
    ],
    requestBody: {
      type: 'application/x-www-form-urlencoded',
      content: 'TwilioDelivery',
      example: {
        MessageSid: 'SM00000000000000000000000000000001',
        From: 'whatsapp:+15550000002',
        To: 'whatsapp:+15550000001',
        Body: 'What is zakat?',
      },
    },
    responses: {
      200: {
        description: 'Stored. TwiML that does nothing, since Twilio sends any other text to the person',
        bodies: [{ content: 'text/xml', examples: { TwiML: TWILIO.storedBody?.text ?? '' } }],
      },
      400: fails('Signed, and neither a message nor a status', { INVALID_PAYLOAD: UNREADABLE }),
      ...refusals(TWILIO.maxBodyBytes),
    },
  };
}

export const WEBHOOKS: readonly Operation[] = [
  ...META.paths.flatMap((path, at) => [verification(path, at + 1), metaDelivery(path, at + 1)]),
  ...TWILIO.paths.map(twilioDelivery),
];
