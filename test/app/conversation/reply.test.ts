import { describe, expect, it } from 'vitest';
import { answerParts, MAX_PARTS } from '#app/conversation/reply.ts';
import { phrase } from '#app/language/phrases.ts';

const options = { maxPartLength: 4_096, language: 'ar' };
const cut = phrase('cut', 'ar');

describe('answerParts', () => {
  it('appends extra phrases after the answer, whatever markup the answer leaves open', async () => {
    expect(await answerParts('x\n\n```js\na', ['A note.'], options)).toEqual(['x\n\n```a```\n\nA note.']);
    expect(await answerParts('<think>a', ['A note.'], options)).toEqual([
      `${phrase('noAnswer', 'ar')}\n\nA note.`,
    ]);
  });

  it.each([
    '',
    ' \n',
    '\u200B',
    '\u2800',
    '\u3164',
    '\uFE0F',
    '\u200E\uFEFF',
    '<!-- a -->',
    '&ZeroWidthSpace;',
    '\u0007',
  ])('treats %j as no answer', async (answer) => {
    expect(await answerParts(answer, [], options)).toEqual([phrase('noAnswer', 'ar')]);
  });

  it('states in the last part that the answer was cut', async () => {
    const words = 'نص قصير. '.repeat(20_000);
    for (const answer of [words, '- a\n'.repeat(50_000), 'ا'.repeat(200_000), '`x` '.repeat(50_000)]) {
      const parts = await answerParts(answer, ['A note.'], options);
      expect(parts).toHaveLength(MAX_PARTS);
      expect(parts.at(-1)).toBe(`${cut}\n\nA note.`);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(options.maxPartLength);
    }
  });

  it('does not mention a cut when the whole answer fits', async () => {
    const sentence = 'نص قصير جدا. ';
    const parts = await answerParts(
      sentence.repeat(Math.floor((9.5 * 4_096) / sentence.length)),
      [],
      options,
    );
    expect(parts).toHaveLength(MAX_PARTS);
    expect(parts.join(' ')).not.toContain(cut);
  });

  it('pauses for the event loop', async () => {
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    await answerParts('word '.repeat(20_000), [], { ...options, pause });
    expect(pauses).toBeGreaterThan(5);
  });
});
