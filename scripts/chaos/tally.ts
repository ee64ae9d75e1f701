/** Counts of one run, from the messages that were sent and the replies that WhatsApp accepted. */
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

/** Returns the mark of a message. It stands in the text of the message, and so in the reply, which echoes the text. */
export function markOf(conversation: number, message: number): string {
  return `q${conversation}x${message}`;
}

export function marksIn(text: string): string[] {
  return text.match(MARK) ?? [];
}

/**
 * Counts over whole conversations. Lost: a message whose mark is in no reply. Duplicated: a mark in more than one
 * reply, or one part accepted more than once. Reordered: marks, or parts of one reply, out of order.
 */
export function tallyOf(
  sent: ReadonlyMap<string, readonly string[]>,
  replies: readonly AcceptedReply[],
): Tally {
  const byPerson = Map.groupBy(replies, ({ person }) => person);
  const each = [...sent].map(([person, marks]) => conversationTally(marks, byPerson.get(person) ?? []));
  const sum = (pick: (tally: Tally) => number) => each.reduce((total, tally) => total + pick(tally), 0);
  return {
    sent: sum(({ sent }) => sent),
    answered: sum(({ answered }) => answered),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    reordered: sum(({ reordered }) => reordered),
  };
}

function conversationTally(sent: readonly string[], replies: readonly AcceptedReply[]): Tally {
  const answered = replies.flatMap(({ text }) => marksIn(text));
  const distinct = new Set(answered);
  const keys = replies.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return {
    sent: sent.length,
    answered: sent.filter((mark) => distinct.has(mark)).length,
    lost: sent.filter((mark) => !distinct.has(mark)).length,
    duplicated: answered.length - distinct.size + (keys.length - new Set(keys).size),
    reordered: inversions([...distinct].map(orderOf)) + partsOutOfOrder(keys),
  };
}

function orderOf(mark: string): number {
  return Number(mark.split('x')[1]);
}

/** The key of a part is `<turn>.<position>`. */
function partsOutOfOrder(keys: readonly string[]): number {
  const turns = Map.groupBy(new Set(keys), (key) => key.slice(0, key.lastIndexOf('.')));
  return [...turns.values()].reduce(
    (total, parts) => total + inversions(parts.map((key) => Number(key.slice(key.lastIndexOf('.') + 1)))),
    0,
  );
}

function inversions(order: readonly number[]): number {
  return order.filter((position, index) => index > 0 && position < (order[index - 1] ?? 0)).length;
}
