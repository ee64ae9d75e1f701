import { z } from 'zod';
import { parseJson } from '../../../app/json.ts';
import { identityIn } from '../twilio/address.ts';
import type { About } from './exchange.ts';

/** The parts of deliveries, requests and responses that say what they are about. Everything may be absent: it is data of others. */
const text = z.string().optional().catch(undefined);
const item = z
  .object({
    id: text,
    from: text,
    from_user_id: text,
    recipient_id: text,
    recipient_user_id: text,
    biz_opaque_callback_data: text,
  })
  .catch({});
const items = z.array(item).catch([]);
const deliverySchema = z.object({
  entry: z
    .array(
      z
        .object({
          changes: z
            .array(z.object({ value: z.object({ messages: items, statuses: items }) }).catch(empty()))
            .catch([]),
        })
        .catch({ changes: [] }),
    )
    .catch([]),
});
const callSchema = z.object({ message_id: text, to: text, recipient: text, biz_opaque_callback_data: text });
const acceptedSchema = z.object({ messages: items });

function empty() {
  return { value: { messages: [], statuses: [] } };
}

/** Returns what a delivery is about. `url` has the key of the part at Twilio. */
export function aboutDelivery(body: string, url: string): About {
  const delivery = deliverySchema.safeParse(parseJson(body));
  if (!delivery.success) return aboutForm(new URLSearchParams(body), url);
  const found = delivery.data.entry
    .flatMap(({ changes }) => changes)
    .flatMap(({ value }) => [...value.messages, ...value.statuses]);
  return {
    messages: found.flatMap(({ id }) => present(id)),
    people: found.flatMap((one) =>
      present(one.from, one.from_user_id, one.recipient_id, one.recipient_user_id),
    ),
    keys: found.flatMap((one) => present(one.biz_opaque_callback_data)),
  };
}

/** Returns what a call of Graph or of Twilio is about. */
export function aboutCall(request: string, url: string, response: unknown): About {
  const call = callSchema.safeParse(parseJson(request)).data;
  const accepted = acceptedSchema.safeParse(response).data?.messages ?? [];
  const sid = z.object({ sid: z.string() }).safeParse(response).data?.sid;
  const form = call === undefined ? aboutForm(new URLSearchParams(request), url) : undefined;
  return {
    messages: [
      ...present(call?.message_id, sid),
      ...accepted.flatMap(({ id }) => present(id)),
      ...(form?.messages ?? []),
    ],
    people: [...present(call?.to, call?.recipient), ...(form?.people ?? [])],
    keys: [...present(call?.biz_opaque_callback_data), ...(form?.keys ?? [])],
  };
}

/** A form of Twilio: a message, a status, a send, or a typing indicator. */
function aboutForm(form: URLSearchParams, url: string): About {
  const addresses = ['From', 'To'].flatMap((name) => present(identityIn(form.get(name) ?? '')));
  const path = /\/Messages\/([^/.]+)\.json/.exec(url)?.[1];
  const callback = form.get('StatusCallback');
  return {
    messages: present(form.get('MessageSid'), form.get('messageId'), path),
    people: addresses,
    keys: [url, callback ?? ''].flatMap((one) => present(URL.parse(one)?.searchParams.get('part'))),
  };
}

function present(...values: readonly (string | null | undefined)[]): string[] {
  return values.filter((value) => value !== undefined && value !== null && value !== '') as string[];
}
