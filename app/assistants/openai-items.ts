import { z } from 'zod';
import { EMPTY_ANSWER, Unavailable } from '../domain/errors.ts';
import { hasVisibleText } from '../domain/visible.ts';
import type { ThreadEnd } from '../ports/assistant.ts';
import { unexpected } from './openai-failures.ts';

/** The items of OpenAI's responses and conversations. Those of tools, reasoning and kinds to come are skipped. */

export const MAX_ANSWER_BYTES = 200_000;

const part = z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });
export const item = z.object({
  type: z.string(),
  role: z.string().optional(),
  content: z.array(part).nullish(),
});
type Item = z.infer<typeof item>;
const page = z.object({
  data: z.array(item),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
});

/** A conversation of more items than so many pages hold is counted as if it ended there. */
const MAX_PAGES = 20;

type Get = (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>;

/**
 * How a conversation stands with regard to this question ("List items"). A question joins it together with its answer,
 * when the response completes: there is no question without an end.
 */
export async function endOf(conversation: string, question: string, get: Get): Promise<ThreadEnd> {
  const path = `/conversations/${encodeURIComponent(conversation)}/items`;
  const newestFirst: Item[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const query = { limit: '100', order: 'desc', ...(after !== undefined && { after }) };
    const { data, has_more, last_id } = read(page, await get(path, query));
    newestFirst.push(...data);
    after = last_id ?? undefined;
    if (has_more !== true || after === undefined) break;
  }
  const questions = newestFirst.filter(isQuestion).length;
  const asked = newestFirst.findIndex(isQuestion);
  const last = newestFirst[asked];
  if (last === undefined || textOf([last]).trim() !== question.trim()) return { questions, last: 'other' };
  const output = newestFirst.slice(0, asked).reverse();
  if (!hasVisibleText(textOf(output))) return { questions, last: 'failed' };
  return { questions, last: 'answered', answer: answerOf(output, '') };
}

/** The words of all messages; a refusal is an answer too. */
export function answerOf(output: readonly Item[], ending: string): string {
  const words = textOf(output);
  if (words.includes('\0')) throw unexpected();
  if (!hasVisibleText(words)) throw new Unavailable('OpenAI answers nothing', { code: EMPTY_ANSWER });
  if (Buffer.byteLength(words) > MAX_ANSWER_BYTES) {
    throw new Unavailable(`OpenAI answers more than ${MAX_ANSWER_BYTES} bytes`, { code: 'too-long' });
  }
  return words + ending;
}

export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unexpected();
  return parsed.data;
}

function isQuestion({ type, role }: Item): boolean {
  return type === 'message' && role === 'user';
}

function textOf(items: readonly Item[]): string {
  return items
    .filter(({ type }) => type === 'message')
    .flatMap(({ content }) => content ?? [])
    .map(({ text, refusal }) => text ?? refusal ?? '')
    .filter((piece) => piece.trim() !== '')
    .join('\n\n');
}
