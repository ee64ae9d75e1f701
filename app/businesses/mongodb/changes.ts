import { z } from 'zod';
import { parseBusiness } from '../document.ts';

/** What a change of the collection makes invalid. `id`: of the document; `numbers`: before or after the change. */
export type Change =
  | { readonly kind: 'business'; readonly id: string | undefined; readonly numbers: readonly string[] }
  /** Nobody knows what changed, for example since the collection was dropped. */
  | { readonly kind: 'all' };

const numbersSchema = z.object({ whatsappPhoneNumberIds: z.unknown().optional() }).nullish().catch(undefined);

/** MongoDB manual, "Change Events": the fields of the operations on one document. */
const documentEvent = z.object({
  operationType: z.enum(['insert', 'update', 'replace', 'delete']),
  documentKey: z.object({ _id: z.unknown() }),
  /** Null when an updated document was deleted before it was read. */
  fullDocument: numbersSchema,
  /** Where the collection keeps pre-images. */
  fullDocumentBeforeChange: numbersSchema,
  updateDescription: z.object({ updatedFields: numbersSchema }).nullish().catch(undefined),
});

/** The fields of an event that `changeOf` reads, so that no token leaves the database with one. */
export const EVENT_FIELDS = {
  operationType: 1,
  documentKey: 1,
  'fullDocument.whatsappPhoneNumberIds': 1,
  'fullDocumentBeforeChange.whatsappPhoneNumberIds': 1,
  'updateDescription.updatedFields.whatsappPhoneNumberIds': 1,
} as const;

/** Never throws: an event of another kind or form changes everything. */
export function changeOf(event: unknown): Change {
  const parsed = documentEvent.safeParse(event);
  if (!parsed.success) return { kind: 'all' };
  const { documentKey, fullDocument, fullDocumentBeforeChange, updateDescription } = parsed.data;
  const numbers = [fullDocument, fullDocumentBeforeChange, updateDescription?.updatedFields]
    .flatMap((fields) => fields?.whatsappPhoneNumberIds)
    .filter((number) => typeof number === 'string');
  return { kind: 'business', id: parseBusiness(documentKey)?.id, numbers: [...new Set(numbers)] };
}
