import { format } from './format.ts';
import { split } from './split.ts';

/**
 * What is sent for the assistant's Markdown: messages in order, each in WhatsApp's markup and at most `longestPart`
 * UTF-16 units long. Empty when there are no words in it; the caller then says so. The same arguments give the same
 * messages. Any string may come in; a `longestPart` below `SHORTEST_PART` throws `RangeError`.
 */
export function replyParts(markdown: string, longestPart: number): string[] {
  return split(format(markdown), longestPart);
}
