import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { z } from 'zod';
import { entriesOf, hopOf, type ReadEntry } from '../simulator/timeline/read.ts';
import { startDev } from './start-dev.ts';

const PROGRAM = fileURLToPath(new URL('../../../scripts/dev/in-current-folder.ts', import.meta.url));
const PATIENCE = { timeout: 60_000 };

const reply = z.looseObject({ id: z.string(), text: z.string() });
const insideSchema = z.looseObject({
  available: z.literal(true),
  conversations: z.array(
    z.looseObject({
      id: z.string(),
      status: z.string(),
      thread: z.looseObject({ lastAt: z.string() }).optional(),
      turn: z.looseObject({ attempts: z.number() }).optional(),
    }),
  ),
  deadLetters: z.array(z.looseObject({ turnId: z.string(), messages: z.number() })),
  backlog: z.looseObject({ waiting: z.number(), deadLetters: z.number() }),
  queue: z.string(),
});

/** Starts `npm run dev` with its own programs in a folder of its own, and resolves when everything runs. */
export async function startReal(
  flags: readonly string[] = [],
  options: { readonly folder?: string; readonly variables?: Readonly<Record<string, string>> } = {},
) {
  const system = await startDev(flags, { program: PROGRAM, ...options });
  await system.says(/Everything is running/);
  const url = `http://localhost:${system.ports[2]}`;

  async function call(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${url}/control/${path}`, init);
    return { status: response.status, body: await response.json() };
  }

  const texts = async (person: string) =>
    z
      .array(reply)
      .parse((await call(`replies?person=${person}`)).body)
      .map(({ text }) => text);

  return {
    ...system,
    url,
    call,
    texts,
    entries: (person: string, message?: string) => entriesOf({ url }, person, message),
    hop: (id: string | undefined) => hopOf({ url }, id),
    inside: async (person: string) => insideSchema.parse((await call(`inside?person=${person}`)).body),
    async say(person: string, text: string): Promise<string> {
      const { body } = await call('say', { person, text });
      return z.object({ id: z.string() }).parse(body).id;
    },
    /** Resolves to the last of so many replies. */
    async reply(person: string, count: number): Promise<string> {
      await expect.poll(async () => (await texts(person)).length, PATIENCE).toBe(count);
      return (await texts(person)).at(-1) ?? '';
    },
    /** Resolves to the first entry of the person that has all of this. */
    async entry(person: string, wanted: Partial<ReadEntry>): Promise<ReadEntry> {
      const find = async () =>
        (await entriesOf({ url }, person)).find((one) =>
          Object.entries(wanted).every(([name, value]) => one[name] === value),
        );
      await expect.poll(find, PATIENCE).toBeDefined();
      return (await find()) as ReadEntry;
    },
  };
}
