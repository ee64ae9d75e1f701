import type { Token, Tokens } from 'marked';
import type { Line } from '../markup.ts';
import { below, indent, type Place } from './lines.ts';

/**
 * WhatsApp has lists of one level. Deeper ones are indented, with a bullet that it does not take for its own.
 * `linesOf` tells what an item holds.
 */
export function listLines(
  list: Tokens.List,
  place: Place,
  linesOf: (token: Token, place: Place) => Line[],
): Line[] {
  const gap = list.loose && !place.quoted ? 2 : 1;
  const first = list.start === '' ? 1 : list.start;
  return list.items.flatMap((item, index) => {
    const lead = leadOf(list, item, first + index, place.depth);
    return below(index === 0 ? 1 : gap, itemLines(item, lead, place, linesOf));
  });
}

function leadOf(list: Tokens.List, item: Tokens.ListItem, ordinal: number, depth: number): string {
  if (item.task) return `${indent(depth)}${item.checked ? '☑' : '☐'} `;
  if (list.ordered) return `${indent(depth)}${ordinal}. `;
  return depth === 0 ? '- ' : `${indent(depth)}◦ `;
}

function itemLines(
  item: Tokens.ListItem,
  lead: string,
  place: Place,
  linesOf: (token: Token, place: Place) => Line[],
): Line[] {
  const children = item.tokens.filter(({ type }) => type !== 'checkbox' && type !== 'space');
  const lines = children.flatMap((child, index) => {
    const isApart = index > 0 && item.loose && isText(child) && !place.quoted;
    return below(isApart ? 2 : 1, linesOf(child, { ...place, depth: place.depth + 1 }));
  });
  const [head, ...rest] = lines;
  const [first] = children;
  if (head && first && isText(first)) return [{ ...head, lead }, ...rest];
  return [{ gap: 1, quoted: place.quoted, lead, spans: [] }, ...lines];
}

const isText = ({ type }: Token): boolean => type === 'paragraph' || type === 'text' || type === 'heading';
