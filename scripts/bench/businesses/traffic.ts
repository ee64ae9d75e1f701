import { randomBytes } from 'node:crypto';
import { BODY_BYTES, type Deliveries, paddedTo, requestOf } from '../deliveries.ts';
import { FIRST_NUMBER, FLOODING, type Marked, markerOf, numberOf } from './world.ts';

/** Of 20 requests, one is a repetition of an earlier one and two hold a message to each of three businesses. */
const CYCLE = 20;
const REPEATED = 7;
const MIXED: ReadonlySet<number> = new Set([3, 13]);
/** People of each business; they write in turn. */
export const PEOPLE = 20;
const PEOPLE_OF_FLOODING = 500;

export interface Traffic {
  readonly deliveries: Deliveries;
  /** Every message, once. */
  readonly messages: readonly Marked[];
  /** The messages that a request brings for the first time. */
  messagesOf(request: number): readonly Marked[];
}

interface TrafficOptions {
  readonly businesses: number;
  /** Every third message is to one of them. */
  readonly flood: boolean;
  /** Of each business. */
  readonly people?: number;
}

/** Returns signed deliveries to `businesses` businesses. */
export function makeTraffic(
  requests: number,
  { businesses, flood, people = PEOPLE }: TrafficOptions,
): Traffic {
  const peopleOf = (business: number) => (flood && business === FLOODING ? PEOPLE_OF_FLOODING : people);
  const messages: Marked[] = [];
  const first: (readonly Marked[])[] = [];
  const all: Buffer[] = [];
  let next = 0;

  function message(): Marked {
    const index = next++;
    const business = flood && index % 3 === 0 ? FLOODING : (index * 7_919) % businesses;
    const marked = { message: index, business };
    messages.push(marked);
    return marked;
  }

  for (let index = 0; index < requests; index += 1) {
    const place = index % CYCLE;
    const earlier = all[index - 5];
    if (place === REPEATED && earlier !== undefined) {
      all.push(earlier);
      first.push([]);
      continue;
    }
    const marked = MIXED.has(place) ? [message(), message(), message()] : [message()];
    first.push(marked);
    all.push(requestOf(bodyOf(marked, peopleOf)));
  }
  return {
    messages,
    messagesOf: (request) => first[request] ?? [],
    deliveries: {
      count: requests,
      at(index) {
        const request = all[index];
        if (request === undefined) throw new Error(`there are ${requests} requests`);
        return request;
      },
    },
  };
}

/** Returns the body of a delivery with one message to this number. */
export function bodyTo(number: number): Buffer {
  return bodyOf([{ message: 0, business: number - FIRST_NUMBER }], () => PEOPLE);
}

type PeopleOf = (business: number) => number;

function bodyOf(marked: readonly Marked[], peopleOf: PeopleOf): Buffer {
  const text = (one: Marked, filling: string) => `${markerOf(one.message, one.business)} ${filling}`;
  const whole = (filling: string) =>
    envelope(marked.map((one) => changeOf(one, text(one, filling), peopleOf)));
  return marked.length === 1 ? paddedTo(BODY_BYTES, whole) : whole('');
}

function changeOf({ message, business }: Marked, text: string, peopleOf: PeopleOf): object {
  const person = `1555${1_000_000 + (message % peopleOf(business))}`;
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550009999', phone_number_id: numberOf(business) },
      contacts: [{ profile: { name: 'Amina Example' }, wa_id: person }],
      messages: [
        {
          from: person,
          id: `wamid.${randomBytes(33).toString('base64')}`,
          timestamp: String(Math.floor(Date.now() / 1000)),
          type: 'text',
          text: { body: text },
        },
      ],
    },
  };
}

function envelope(changes: readonly object[]): Buffer {
  const entry = changes.map((change, index) => ({ id: `10000000000000${index}`, changes: [change] }));
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}
