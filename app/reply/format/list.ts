import type { Line } from '../markup.ts';
import { below, indent, type Place } from './lines.ts';
import type { Item, List, Node } from './nodes.ts';

type LinesOf = (node: Node, place: Place) => Generator<number, Line[]>;

/**
 * WhatsApp supports lists of one level. Nested lists are indented, with a bullet that it does not treat as its own.
 * `linesOf` returns the content of an item.
 */
export function* listLines(list: List, place: Place, linesOf: LinesOf): Generator<number, Line[]> {
  const gap = list.loose && !place.quoted ? 2 : 1;
  const numbers = numbersOf(list);
  const lines: Line[] = [];
  for (const [index, item] of list.items.entries()) {
    const prefix = indent(place.depth) + prefixOf(item, numbers[index], place.depth);
    const itself = yield* itemLines(item, list.loose, prefix, place, linesOf);
    for (const line of below(index === 0 ? 1 : gap, itself)) lines.push(line);
  }
  return lines;
}

/**
 * Returns the numbers as written, since they may be verses or years. If all are equal, which in Markdown leaves the counting to
 * the renderer, counts on from the first.
 */
function numbersOf({ ordered, items }: List): readonly string[] {
  if (!ordered) return [];
  const [first] = items;
  const isSame = items.length > 1 && items.every(({ written }) => written === first?.written);
  return items.map(({ written }, index) => (isSame ? String(Number(written) + index) : written));
}

const TASK = /^\[([ xX])\]\s+/;

function taskOf({ children: [first] }: Item): string | undefined {
  return first?.type === 'paragraph' ? TASK.exec(first.content)?.[1] : undefined;
}

function prefixOf(item: Item, number: string | undefined, depth: number): string {
  const task = taskOf(item);
  const box = task === undefined ? '' : task === ' ' ? '☐ ' : '☑ ';
  if (number !== undefined) return `${number}. ${box}`;
  return box || (depth === 0 ? '- ' : '◦ ');
}

function* itemLines(
  item: Item,
  isLoose: boolean,
  prefix: string,
  place: Place,
  linesOf: LinesOf,
): Generator<number, Line[]> {
  const lines: Line[] = [];
  for (const [index, child] of item.children.entries()) {
    const isTask = index === 0 && child.type === 'paragraph' && taskOf(item) !== undefined;
    const node = isTask ? { ...child, content: child.content.replace(TASK, '') } : child;
    const isApart = index > 0 && isLoose && isText(child) && !place.quoted;
    const childLines = yield* linesOf(node, { ...place, depth: place.depth + 1 });
    for (const line of below(isApart ? 2 : 1, childLines)) lines.push(line);
  }
  const [head, ...rest] = lines;
  const [first] = item.children;
  if (head && first && isText(first)) return [{ ...head, prefix }, ...rest];
  return [{ gap: 1, quoted: place.quoted, prefix, spans: [] }, ...lines];
}

const isText = ({ type }: Node): boolean => type === 'paragraph' || type === 'heading';
