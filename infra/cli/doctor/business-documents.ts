/** The documents of the collection `businesses`, as far as they decide whether their numbers are answered. */
import * as z from 'zod';
import { bad, type Finding, good, warning } from '../release/checks.ts';

/** The fields that are looked at. No token is decrypted, and none is printed. */
export const PROJECTION: Readonly<Record<string, 1>> = {
  whatsappPhoneNumberIds: 1,
  whatsappEnabled: 1,
  isActive: 1,
  whatsappAccessToken: 1,
  whatsappTokenExpiresAt: 1,
  'whatsappService.continuesNumber': 1,
  'whatsappService.appSecrets': 1,
  'whatsappService.assistant.apiKey': 1,
};

export interface Expected {
  readonly stack: string;
  /** Of `ENCRYPTION_SECRET`. */
  readonly keyIds: readonly string[];
  /** The number of `BUSINESSES=env`, while it is configured. */
  readonly ownNumber: string | undefined;
  /** Whether the stack looks businesses up in MongoDB already. */
  readonly isUsed: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Every field can be wrong: other programs write the collection too. */
const texts = z.preprocess(
  (value) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : value),
  z.array(z.string()).catch([]),
);
const document = z.object({
  _id: z.unknown().transform(String),
  whatsappPhoneNumberIds: texts,
  whatsappEnabled: z.unknown(),
  isActive: z.unknown(),
  whatsappAccessToken: z.string().min(1).optional().catch(undefined),
  whatsappTokenExpiresAt: z.coerce.date().optional().catch(undefined),
  whatsappService: z
    .object({
      continuesNumber: z.string().optional().catch(undefined),
      appSecrets: texts,
      assistant: z.object({ apiKey: z.string().optional().catch(undefined) }).catch({ apiKey: undefined }),
    })
    .partial()
    .catch({}),
});
type BusinessDocument = z.infer<typeof document>;

const SOON_MS = 14 * 24 * 60 * 60 * 1000;
/** The form of encrypted tokens: `v1.<key id>.<iv>.<tag>.<ciphertext>`. */
const KEY_ID = /^v1\.([\w-]{1,64})\.[\w-]+\.[\w-]+\.[\w-]+$/;

/** Resolves to the findings about the documents, each with the command that fixes it. */
export async function checkDocuments(
  documents: AsyncIterable<unknown> | Iterable<unknown>,
  expected: Expected,
): Promise<Finding[]> {
  const active: BusinessDocument[] = [];
  let total = 0;
  for await (const raw of documents) {
    total += 1;
    const { data } = document.safeParse(raw);
    if (data?.whatsappEnabled === true && data.isActive === true) active.push(data);
  }
  return [
    countOf(active, total, expected),
    ...conflictsIn(active, expected),
    ...tokensOf(active, expected),
    ...ownNumberIn(active, expected),
  ];
}

function countOf(active: readonly BusinessDocument[], total: number, { stack, isUsed }: Expected): Finding {
  const count = `${active.length} active of ${total}`;
  if (active.length > 0) return good('businesses', count);
  const add = `npm run businesses -- add --help\n${command('add --from-environment --name <name>', stack)}`;
  return isUsed
    ? bad('businesses', `${count}: nobody is answered`, add)
    : warning('businesses', `${count}: with BUSINESSES=mongodb nobody would be answered`, add);
}

/** Messages to a number that two claim are stored and wait, since either could be its owner. */
function conflictsIn(active: readonly BusinessDocument[], { stack }: Expected): Finding[] {
  const owners = new Map<string, Set<string>>();
  for (const { _id, whatsappPhoneNumberIds } of active)
    for (const number of whatsappPhoneNumberIds)
      owners.set(number, (owners.get(number) ?? new Set()).add(_id));
  const groups = [...owners.values()]
    .filter((ids) => ids.size > 1)
    .map((ids) => [...ids].sort().join(' and '));
  const disable = command('disable <one of them>', stack);
  const numbers = [...new Set(groups)].map((ids) => bad('conflict', `${ids} have the same number`, disable));
  const continuing = active.filter(({ whatsappService }) => whatsappService.continuesNumber !== undefined);
  if (continuing.length < 2) return numbers;
  const message = `${named(continuing)} continue a number of the environment, and only one can`;
  return [...numbers, bad('conflict', message, disable)];
}

function tokensOf(active: readonly BusinessDocument[], { stack, keyIds, now }: Expected): Finding[] {
  const envelopesOf = ({ whatsappAccessToken, whatsappService }: BusinessDocument) =>
    [whatsappAccessToken, ...(whatsappService.appSecrets ?? []), whatsappService.assistant?.apiKey].filter(
      (text) => text !== undefined,
    );
  const idsIn = (one: BusinessDocument) => envelopesOf(one).map((text) => KEY_ID.exec(text)?.[1]);
  const without = active.filter(({ whatsappAccessToken }) => whatsappAccessToken === undefined);
  const clear = active.filter((one) => idsIn(one).includes(undefined));
  const strange = active.filter((one) => idsIn(one).some((id) => id !== undefined && !keyIds.includes(id)));
  const unknown = new Set(strange.flatMap(idsIn).filter((id) => id !== undefined && !keyIds.includes(id)));
  const until = (one: BusinessDocument) => one.whatsappTokenExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const expired = active.filter((one) => until(one) <= now);
  const soon = active.filter((one) => until(one) > now && until(one) < now + SOON_MS);
  const set = command('set <business> --token-file <file>', stack);
  const findings = [
    ...found(without, bad, 'have no token', set),
    ...found(
      clear,
      bad,
      'have secrets that are not encrypted in the form of this service',
      `${set}\nnpm run businesses -- import --help`,
    ),
    ...found(
      strange,
      bad,
      `have secrets under the key ${[...unknown].join(', ')}, which ENCRYPTION_SECRET does not have`,
      `Put the key back behind the others: pulumi config set --secret ENCRYPTION_SECRET --stack ${stack}`,
    ),
    ...found(expired, bad, 'have a token that has expired', set),
    ...found(soon, warning, 'have a token that expires within 14 days', set),
  ];
  if (findings.length > 0 || active.length === 0) return findings;
  return [
    good(
      'business tokens',
      `encrypted under ${[...new Set(active.flatMap(idsIn))].join(', ')}; whether Meta takes them: ${command('check-tokens', stack)}`,
    ),
  ];
}

/** A number that moves from the environment goes on with its conversations when its document says so. */
function ownNumberIn(active: readonly BusinessDocument[], { stack, ownNumber }: Expected): Finding[] {
  if (ownNumber === undefined) return [];
  const owner = active.find(({ whatsappPhoneNumberIds }) => whatsappPhoneNumberIds.includes(ownNumber));
  const add = command('add --from-environment --name <name>', stack);
  if (owner === undefined)
    return [warning('own number', 'the number of BUSINESSES=env has no active business in MongoDB', add)];
  if (owner.whatsappService.continuesNumber === ownNumber)
    return [good('own number', `its conversations go on with ${owner._id}`)];
  const message = `${owner._id} has the number of BUSINESSES=env and does not continue its conversations: they begin anew`;
  return [
    warning('own number', message, `To continue them: ${command(`disable ${owner._id}`, stack)}\n${add}`),
  ];
}

function found(
  businesses: readonly BusinessDocument[],
  outcome: typeof bad,
  what: string,
  fix: string,
): Finding[] {
  return businesses.length === 0 ? [] : [outcome('business tokens', `${named(businesses)} ${what}`, fix)];
}

const SHOWN = 5;

function named(businesses: readonly BusinessDocument[]): string {
  const ids = businesses.map(({ _id }) => _id).sort();
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  return `${ids.slice(0, SHOWN).join(', ')}${more}`;
}

function command(args: string, stack: string): string {
  return `npm run businesses -- ${args} --stack ${stack}`;
}
