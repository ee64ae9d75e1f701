import { expect } from 'vitest';
import { z } from 'zod';
import { control } from '../start-with-app.ts';

const entrySchema = z.looseObject({
  type: z.enum(['step', 'hop', 'note']),
  id: z.string(),
  at: z.number(),
  ...{ name: z.string().optional(), kind: z.string().optional(), text: z.string().optional() },
  ...{ turn: z.string().optional(), outcome: z.string().optional(), fault: z.string().optional() },
  ...{ status: z.number().optional(), failure: z.string().optional(), resent: z.boolean().optional() },
  ...{ message: z.string().optional(), bubble: z.string().optional(), url: z.string().optional() },
  ...{ attempt: z.number().optional(), ms: z.number().optional() },
});
export type ReadEntry = z.infer<typeof entrySchema>;

const timelineSchema = z.object({ person: z.string(), entries: z.array(entrySchema) });
const headers = z.array(z.tuple([z.string(), z.string()]));
const hopSchema = z.looseObject({
  request: z.object({ method: z.string(), url: z.string(), headers, body: z.string() }),
  response: z.object({ status: z.number(), headers, body: z.string() }).optional(),
  curl: z.string(),
});

export async function entriesOf(
  simulator: { readonly url: string },
  person: string,
  message?: string,
): Promise<readonly ReadEntry[]> {
  const query = new URLSearchParams({ person, ...(message === undefined ? {} : { message }) });
  const timeline = timelineSchema.parse(await control(simulator, `timeline?${query}`));
  expect(timeline.person).toBe(person);
  return timeline.entries;
}

export async function hopsOf(
  simulator: { readonly url: string },
  person: string,
): Promise<readonly ReadEntry[]> {
  return (await entriesOf(simulator, person)).filter(({ type }) => type === 'hop');
}

export async function hopOf(simulator: { readonly url: string }, id: string | undefined) {
  return hopSchema.parse(await control(simulator, `hops/${id}`));
}
