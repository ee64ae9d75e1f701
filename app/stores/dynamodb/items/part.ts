import { z } from 'zod';
import type { Item, Values } from '../../../aws/expressions.ts';
import { type FailedSend, type Part, type Sends, shownPart, type TurnOfPart } from '../../../domain/part.ts';
import type { Progress } from '../../../domain/progress.ts';
import type { QuotedPart } from '../../../ports/store.ts';
import { quotedPart } from '../../quoted.ts';
import { turnIdOf } from './keys.ts';
import { readItem } from './read.ts';

const PROGRESS = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
const text = z.string().optional();
const number = z.number().optional();
const flag = z.boolean().optional();

const schema = z.object({
  ...{ conversation: z.string(), item: z.string(), key: z.string() },
  channel: z.string(),
  state: z.enum(['unsent', 'sending', 'sent']),
  ...{ fence: z.number(), newest_at: z.number(), tried_at: number, text },
  progress: z
    .string()
    .transform((word): Progress => PROGRESS.find((known) => known === word) ?? 'other')
    .optional(),
  ...{ code: text, platform_id: text, failures: text },
  ...{ given_up: flag, given_up_reopened: flag, priced: flag },
  ...{ thread: text, question: number, template: flag },
});

/** One part of a reply. */
export interface PartItem extends z.infer<typeof schema> {
  readonly sends: Sends;
  readonly part: Part;
  /** The turn of the part. */
  readonly turnId: string;
  /** Copy of the turn's end, set once the turn has ended. */
  readonly turn: TurnOfPart;
  readonly isTemplate: boolean;
}

export function partFrom(item: Item): PartItem {
  const stored = readItem(schema, item);
  const { key, text: words = '', tried_at: triedAt, failures } = stored;
  const sends = {
    state: stored.state,
    progress: stored.progress,
    code: stored.code,
    platformId: stored.platform_id,
    failures: failures === undefined ? [] : (JSON.parse(failures) as FailedSend[]),
    ...(stored.priced && { priced: true }),
  };
  return {
    ...stored,
    sends,
    part: shownPart({ key, text: words, triedAt }, sends),
    turnId: turnIdOf(stored.conversation, stored.item.split('.')[1] ?? ''),
    turn: { gaveUp: stored.given_up ?? false, reopened: stored.given_up_reopened ?? false },
    isTemplate: stored.template ?? false,
  };
}

export function quotedFrom({
  key,
  text: words = '',
  isTemplate,
  thread: id,
  question,
}: PartItem): QuotedPart {
  const thread = id === undefined || question === undefined ? undefined : { id, question };
  return quotedPart({ key, text: words, isTemplate, thread });
}

/** Returns the update of a part's attributes for these sends. */
export function sendsValues({ state, progress, code, platformId, failures, priced }: Sends) {
  const set: Values = {
    ...{ state, progress, code, platform_id: platformId, priced },
    failures: failures.length === 0 ? undefined : JSON.stringify(failures),
  };
  const remove = Object.entries(set).flatMap(([name, value]) => (value === undefined ? [name] : []));
  return { set, remove };
}

/** Returns a condition that holds only if no other status or mark has changed the part. */
export function sendsUnchanged({ state, progress, failures, priced }: Sends) {
  const seen = { progress, priced, failures: failures.length === 0 ? undefined : JSON.stringify(failures) };
  const when = Object.entries(seen).map(([name, value]) =>
    value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
  );
  return { when: ['#state = :state', ...when].join(' AND '), values: { state, ...seen } };
}
