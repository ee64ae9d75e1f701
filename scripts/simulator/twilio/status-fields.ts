import type { Bubble } from '../chats.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Person } from '../people.ts';
import { addressOf } from './address.ts';
import { textOf } from './errors.ts';
import type { Fields } from './request.ts';
import { statusOf } from './resource.ts';

/** Returns the form of a status callback for the present state of a reply (Twilio, "Track outbound message status"). */
export function statusFields(
  { accountSid, number }: SimulatorOptions['twilio'],
  person: Person,
  reply: Bubble,
): Fields {
  const status = statusOf(reply);
  const to = addressOf(person);
  const { code } = reply;
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    ChannelInstallSid: `XE${'0'.repeat(32)}`,
    ChannelPrefix: 'whatsapp',
    ChannelToAddress: to.replace('whatsapp:', ''),
    From: `whatsapp:${number}`,
    To: to,
    MessageSid: reply.id,
    MessageStatus: status,
    SmsSid: reply.id,
    SmsStatus: status,
    StructuredMessage: 'false',
    ...(status === 'read' || status === 'delivered' ? { EventType: status.toUpperCase() } : {}),
    ...(code === undefined
      ? {}
      : { ErrorCode: String(code), ErrorMessage: textOf(code), ChannelStatusMessage: textOf(code) }),
  };
}
