/** What a storm came to, counted from what people said and what WhatsApp accepted for them. */
export interface Tally {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
}

/** A reply as the platform accepted it, in the order of acceptance. */
export interface AcceptedReply {
  readonly person: string;
  readonly text: string;
  readonly key?: string;
}

const MARK = /\bq\d+x\d+\b/g;

/** Stands in the text of a message, and so in the echo that answers it. */
export function markOf(conversation: number, message: number): string {
  return `q${conversation}x${message}`;
}

export function marksIn(text: string): string[] {
  return text.match(MARK) ?? [];
}

/**
 * Counts over whole conversations. Lost: a message whose mark no reply holds. Duplicated: a mark in more than one
 * reply, or one part accepted more than once. Reordered: marks, or parts of one reply, that did not come in order.
 */
export function tallyOf(
  said: ReadonlyMap<string, readonly string[]>,
  replies: readonly AcceptedReply[],
): Tally {
  const byPerson = Map.groupBy(replies, ({ person }) => person);
  const each = [...said].map(([person, marks]) => conversationTally(marks, byPerson.get(person) ?? []));
  const sum = (pick: (tally: Tally) => number) => each.reduce((total, tally) => total + pick(tally), 0);
  return {
    sent: sum(({ sent }) => sent),
    answered: sum(({ answered }) => answered),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    reordered: sum(({ reordered }) => reordered),
  };
}

function conversationTally(said: readonly string[], replies: readonly AcceptedReply[]): Tally {
  const answered = replies.flatMap(({ text }) => marksIn(text));
  const distinct = new Set(answered);
  const keys = replies.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return {
    sent: said.length,
    answered: said.filter((mark) => distinct.has(mark)).length,
    lost: said.filter((mark) => !distinct.has(mark)).length,
    duplicated: answered.length - distinct.size + (keys.length - new Set(keys).size),
    reordered: inversions([...distinct].map(orderOf)) + partsOutOfOrder(keys),
  };
}

function orderOf(mark: string): number {
  return Number(mark.split('x')[1]);
}

/** A part's key is its turn and its place in it. */
function partsOutOfOrder(keys: readonly string[]): number {
  const turns = Map.groupBy(new Set(keys), (key) => key.slice(0, key.lastIndexOf('.')));
  return [...turns.values()].reduce(
    (total, parts) => total + inversions(parts.map((key) => Number(key.slice(key.lastIndexOf('.') + 1)))),
    0,
  );
}

function inversions(order: readonly number[]): number {
  return order.filter((place, index) => index > 0 && place < (order[index - 1] ?? 0)).length;
}
