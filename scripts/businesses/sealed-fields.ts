/** The fields of a document that hold tokens and secrets, also where the rest of the document is wrong. */
import { SETTINGS } from '../../app/businesses/settings.ts';
import { keyIdOf } from '../../app/businesses/token-envelope.ts';

/** Values by their paths, as MongoDB writes them. */
export type SealedFields = ReadonlyMap<string, string>;

export function sealedFieldsOf(document: object): SealedFields {
  const { whatsappAccessToken, [SETTINGS]: settings } = recordOf(document);
  const { appSecrets, assistant } = recordOf(settings);
  const secrets = Array.isArray(appSecrets) ? appSecrets : [];
  const values: [string, unknown][] = [
    ['whatsappAccessToken', whatsappAccessToken],
    ...secrets.map((secret, index): [string, unknown] => [`${SETTINGS}.appSecrets.${index}`, secret]),
    [`${SETTINGS}.assistant.apiKey`, recordOf(assistant).apiKey],
  ];
  return new Map(
    values.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
  );
}

/** Returns the ids of the keys that encrypted the fields, each once. */
export function keyIdsOf(fields: SealedFields): readonly string[] {
  const ids = [...fields.values()].map(keyIdOf).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
