import { randomBytes } from 'node:crypto';
import { sign } from '../../app/channels/meta/signature.ts';

/** The servers are started with these values. */
export const SECRET = 'app-secret-of-the-bench';
export const NUMBER = '100000000000001';
const PATH = '/whatsapp/v2';

export const BODY_BYTES = 900;
/** Number of people who write in turn. */
export const PERSONS = 500;

/** Complete HTTP requests in memory, so that none is created during a measurement. */
export interface Deliveries {
  readonly count: number;
  /** The bytes of one request. */
  at(index: number): Buffer;
}

/** Returns signed text deliveries, each with a unique message id and a body of exactly `BODY_BYTES`. */
export function makeDeliveries(count: number): Deliveries {
  return deliveriesOf(count, (index) => {
    const person = personOf(index);
    return paddedTo(BODY_BYTES, (filling) => bodyOf(person, filling));
  });
}

/** As `makeDeliveries`, with the user id that Meta has sent with each message since 2026: pywa reads no other ones. */
export function makeDeliveriesWithUserIds(count: number): Deliveries {
  return deliveriesOf(count, (index) => {
    const person = personOf(index);
    return paddedTo(BODY_BYTES, (filling) => bodyOf(person, filling, userIdOf(person)));
  });
}

/** As `makeDeliveriesWithUserIds`, each from a person of its own and with a text that begins with its number, for `markIn`. */
export function makeMarkedDeliveries(count: number): Deliveries {
  return deliveriesOf(count, (index) => {
    const person = `1556${1_000_000 + index}`;
    return paddedTo(BODY_BYTES, (filling) => bodyOf(person, `[m${index}] ${filling}`, userIdOf(person)));
  });
}

/** Returns the number of the message that a text speaks of, and how it does. */
export function markIn(text: string): { readonly number: number; readonly text: string } | undefined {
  const found = /\[m(\d+)\]/.exec(text);
  return found === null ? undefined : { number: Number(found[1]), text: found[0] };
}

function deliveriesOf(count: number, bodyAt: (index: number) => Buffer): Deliveries {
  const requestAt = (index: number) => requestOf(bodyAt(index));
  const first = requestAt(0);
  const all = Buffer.allocUnsafe(first.length * count);
  const ends = new Uint32Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    const request = index === 0 ? first : requestAt(index);
    const begin = ends[index] ?? 0;
    ends[index + 1] = begin + request.copy(all, begin);
  }
  return { count, at: (index) => all.subarray(ends[index], ends[index + 1]) };
}

/** Returns one delivery with this text. */
export function makeDelivery(text: string): Deliveries {
  const only = requestOf(bodyOf(personOf(0), text));
  return { count: 1, at: () => only };
}

/** Sends a delivery with a wrong signature. Resolves to the status of the response. */
export async function sendUnsigned(port: number): Promise<number> {
  const body = bodyOf(personOf(0), WORDS, userIdOf(personOf(0)));
  const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'X-Hub-Signature-256': sign(body, `not ${SECRET}`) },
  });
  return response.status;
}

/** Sends one delivery. Resolves to the status of the response. */
export async function sendOnce(port: number, body: Buffer): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'X-Hub-Signature-256': sign(body, SECRET) },
  });
  return response.status;
}

function personOf(index: number): string {
  return `1555${1_000_000 + (index % PERSONS)}`;
}

function userIdOf(person: string): string {
  return `US.${person}00000000`;
}

/** Returns the signed request of a body. */
export function requestOf(body: Buffer): Buffer {
  const head = [
    `POST ${PATH} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: facebookexternalua',
    'Accept: */*',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `X-Hub-Signature-256: ${sign(body, SECRET)}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** In the format of Meta's text messages; see the fixtures of the tests. */
function bodyOf(person: string, text: string, userId?: string): Buffer {
  const message = {
    from: person,
    ...(userId && { from_user_id: userId }),
    id: `wamid.${randomBytes(33).toString('base64')}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: text },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550009999', phone_number_id: NUMBER },
    contacts: [{ profile: { name: 'Amina Example' }, wa_id: person, ...(userId && { user_id: userId }) }],
    messages: [message],
  };
  const entry = [{ id: '100000000000009', changes: [{ field: 'messages', value }] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}

const WORDS = 'How is the night prayer prayed while travelling, and what is said in it? ';

/** Returns the body of exactly `bytes` bytes; `bodyWith` takes the text that fills it. */
export function paddedTo(bytes: number, bodyWith: (filling: string) => Buffer): Buffer {
  return bodyWith(WORDS.repeat(12).slice(0, bytes - bodyWith('').length));
}
