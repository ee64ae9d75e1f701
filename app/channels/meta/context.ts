import type { z } from 'zod';
import type { DeliveryBuilder } from './delivery-builder.ts';
import type { EchoValue, Value } from './envelope.ts';
import { type ContactBook, readContacts } from './person.ts';

/** What all messages of a change have in common. */
export interface MessageContext {
  readonly number: string;
  /** The business's phone number: digits. */
  readonly ownPhone: string | undefined;
  readonly contacts: ContactBook;
}

/** Returns undefined, with a notice, for a change without the business's number. */
export function readContext(
  { metadata, contacts }: Pick<z.infer<typeof Value> | z.infer<typeof EchoValue>, 'metadata' | 'contacts'>,
  builder: DeliveryBuilder,
): MessageContext | undefined {
  if (metadata === undefined) {
    builder.notice('no_number');
    return undefined;
  }
  return {
    number: metadata.phone_number_id,
    ownPhone: metadata.display_phone_number?.replaceAll(/\D/g, ''),
    contacts: readContacts(builder.list(contacts, 'contacts')),
  };
}
