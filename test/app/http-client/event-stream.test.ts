import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventData } from '#app/http-client/event-stream.ts';

async function read(...chunks: string[]): Promise<string[]> {
  const events: string[] = [];
  for await (const data of eventData(streamOf(chunks))) events.push(data);
  return events;
}

async function* streamOf(chunks: readonly string[]): AsyncGenerator<string, void, void> {
  yield* chunks;
}

test('skips comments and other fields, joins lines of data, removes at most one space', async () => {
  const text = ': hi\nevent: x\nid: 1\ndata: one\ndata:two\ndata:  three\n\nretry: 5\n\ndata:\n\n';
  expect(await read(text)).toEqual(['one\ntwo\n three', '']);
});

test('drops an event without its closing line', async () => {
  expect(await read('data: whole\n\ndata: half\n')).toEqual(['whole']);
});

test('throws Unavailable for an event that is too long', async () => {
  const endless = Array.from({ length: 40 }, () => 'x'.repeat(65_536));
  await expect(read('data: ', ...endless)).rejects.toMatchObject({ name: 'Unavailable', code: 'too-long' });
  const lines = Array.from({ length: 40 }, () => `data: ${'x'.repeat(65_536)}\n`);
  await expect(read(...lines)).rejects.toMatchObject({ name: 'Unavailable', code: 'too-long' });
});

test('returns the same events for any chunks and line endings', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
  const cuts = fc.array(fc.nat(30), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), cuts, fc.constantFrom('\n', '\r\n'), async (events, sizes, end) => {
      const text = events.map((data) => `event: e${end}data: ${data}${end}${end}`).join('');
      const chunks: string[] = [];
      for (let at = 0, cut = 0; at < text.length; cut += 1) {
        const size = (sizes[cut % sizes.length] ?? 0) + 1;
        chunks.push(text.slice(at, at + size));
        at += size;
      }
      expect(await read(...chunks)).toEqual(events);
    }),
  );
});
