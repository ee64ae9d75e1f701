import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerParts, partOfAnswer, replyParts } from '#app/conversation/reply.ts';
import { TEMPLATE } from '#app/domain/template.ts';

/** The ways in which Markdown can hold the character. */
const spelling = fc.constantFrom(
  TEMPLATE,
  '&#16;',
  '&#x10;',
  '&#0016;',
  '\\&#16;',
  '&amp;#16;',
  '\\u0010',
  '%10',
);
const around = fc.constantFrom(
  ...['', ' ', '\n', '\n\n', '*', '**', '`', '```', '~', '> ', '- ', '# ', '| a |\n|--|\n| ', ' |'],
  ...['[', '](https://example.org/', ')', '<b>', '</b>', '<a href="', '">', '$', '\\(', '&', ';', 'word'],
);
const markdown = fc.array(fc.oneof(spelling, around), { maxLength: 12 }).map((pieces) => pieces.join(''));

it('no text of an assistant or of a business becomes a template', async () => {
  await fc.assert(
    fc.asyncProperty(markdown, markdown, async (answer, own) => {
      const options = {
        maxPartLength: 200,
        language: 'en',
        beginning: own,
        phrases: { en: { noAnswer: own } },
      };
      const parts = [
        ...(await answerParts(answer, [own], options)),
        ...replyParts(own, 200),
        await partOfAnswer(answer, 0, 200),
      ];
      for (const part of parts) expect(part).not.toContain(TEMPLATE);
    }),
    { numRuns: 1_000, examples: [[TEMPLATE, TEMPLATE]] },
  );
});
