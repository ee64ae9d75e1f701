import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerParts } from '#app/conversation/reply.ts';

const FOLDER = new URL('answers/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));

/** Each `.md` is an answer as the assistant writes it; the `.txt` next to it has the messages that are sent. */
describe('whole answers', () => {
  it.each(names)('%s', async (name) => {
    const parts = await answerParts(read(name), [], { maxPartLength: 4_096, language: 'en' });
    expect(parts.join('\n<cut>\n')).toBe(read(name.replace('.md', '.txt')).trimEnd());
  });
});
