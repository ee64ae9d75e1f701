import { z } from 'zod';
import { EMPTY_ANSWER, Unavailable } from '../domain/errors.ts';
import { hasVisibleText } from '../domain/visible.ts';
import type { ThreadEnd } from '../ports/assistant.ts';
import { unexpected } from './openai-failures.ts';

/** The items of OpenAI's responses and conversations. Tool, reasoning and unknown items are skipped. */

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

/** Items beyond this many pages are not counted. */
const MAX_PAGES = 20;

type Get = (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>;

/**
 * Resolves to the state of the conversation's newest question, compared with this one ("List items"). A question is added
 * together with its answer when the response completes, so none is ever open.
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
  return { questions, last: 'answered', answer: { text: answerOf(output, '') } };
}

/** Returns the text of all messages; a refusal counts as an answer. */
export function answerOf(output: readonly Item[], ending: string): string {
  const text = textOf(output);
  if (text.includes('\0')) throw unexpected();
  if (!hasVisibleText(text)) throw new Unavailable('OpenAI returned an empty answer', { code: EMPTY_ANSWER });
  if (Buffer.byteLength(text) > MAX_ANSWER_BYTES) {
    throw new Unavailable(`OpenAI returned more than ${MAX_ANSWER_BYTES} bytes`, { code: 'too-long' });
  }
  return text + ending;
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
    .filter((content) => content.trim() !== '')
    .join('\n\n');
}
