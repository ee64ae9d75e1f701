import type { HandOffEvent } from '../ports/hand-offs.ts';

/** Below the limit of a message of SQS (API reference, SendMessage) before it was raised from 256 KiB to 1 MiB. */
const MAX_BYTES = 240_000;

/** Returns the event as JSON (docs/hand-off.md). A text that is too long for the message is cut, with an ellipsis. */
export function payloadOf(event: HandOffEvent) {
  const { person, language, reason } = event;
  const payload = {
    id: event.id,
    event: event.event,
    at: new Date(event.at).toISOString(),
    conversation: event.conversation,
    business: event.business,
    channel: event.channel,
    number: event.number,
    person: {
      ...(person.phone !== undefined && { phone: person.phone }),
      ...(person.userId !== undefined && { user_id: person.userId }),
    },
    ...(language !== undefined && { language }),
    ...(reason !== undefined && { reason }),
  };
  let { text } = event;
  while (bytesOf({ ...payload, text }) > MAX_BYTES) {
    text = `${text.slice(0, Math.floor(text.length / 2)).toWellFormed()}…`;
  }
  return { ...payload, text };
}

function bytesOf(payload: object): number {
  return Buffer.byteLength(JSON.stringify(payload));
}
