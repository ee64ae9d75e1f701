/** From the options of `add` and `set` to the fields of the document. */
import { parseBusiness, type StoredBusiness } from '../../app/businesses/document.ts';
import { SETTINGS } from '../../app/businesses/settings.ts';
import type { TokenKeys } from '../../app/businesses/token-envelope.ts';
import { CommandError } from '../errors.ts';
import type { Changes } from './changes.ts';
import type { BusinessDocument } from './collection.ts';

/** Values by the paths of their fields, as MongoDB writes them. */
export type Sets = Readonly<Record<string, unknown>>;

/** Returns the fields to set, by their paths, with secrets encrypted for the business. */
export function setsOf(
  { fields, token, appSecrets, apiKey, settings }: Changes,
  { id, keys, current }: { readonly id: string; readonly keys: TokenKeys; readonly current: object },
): Sets {
  const { assistant, ...others } = settings;
  const isOwn = typeof assistant === 'object' && assistant !== null;
  const sealed = apiKey === undefined ? undefined : keys.seal(id, apiKey);
  const storedKey = sealed ?? valueAt(current, [SETTINGS, 'assistant', 'apiKey']);
  const at = (name: string) => `${SETTINGS}.${name}`;
  return {
    ...fields,
    ...(token !== undefined && { whatsappAccessToken: keys.seal(id, token) }),
    ...(appSecrets !== undefined && {
      [at('appSecrets')]: appSecrets.map((secret) => keys.seal(id, secret)),
    }),
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [at(name), value])),
    ...(assistant !== undefined && {
      [at('assistant')]: isOwn && storedKey !== undefined ? { ...assistant, apiKey: storedKey } : assistant,
    }),
    ...(assistant === undefined && sealed !== undefined && { [at('assistant.apiKey')]: sealed }),
  };
}

/** Returns the business as it would be stored. Throws `CommandError` for problems that it does not have already. */
export function businessWith(document: BusinessDocument, sets: Sets): StoredBusiness {
  const before = parseBusiness(document)?.problems ?? [];
  const after = parseBusiness(documentWith(document, sets));
  if (after === undefined) throw new CommandError('The document has no id that this service can use.');
  const problems = after.problems.filter((problem) => !before.includes(problem));
  if (problems.length > 0) throw new CommandError(`Nothing was changed:\n${problems.join('\n')}`);
  return after;
}

/** Returns a copy with the fields set. */
export function documentWith({ _id, ...fields }: BusinessDocument, sets: Sets): BusinessDocument {
  const changed = structuredClone(fields);
  for (const [path, value] of Object.entries(sets)) assign(changed, path.split('.'), value);
  return { _id, ...changed };
}

/** Returns the values that the fields have now, null for those that have none. */
export function valuesBefore(document: BusinessDocument, sets: Sets): Sets {
  return Object.fromEntries(
    Object.keys(sets).map((path) => [path, valueAt(document, path.split('.')) ?? null]),
  );
}

function assign(object: object, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) Reflect.set(object, name, value);
  else {
    const inner = valueAt(object, [name]);
    const next = typeof inner === 'object' && inner !== null ? inner : {};
    Reflect.set(object, name, next);
    assign(next, rest, value);
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}
