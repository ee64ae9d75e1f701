import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectLanguage, recogniseLanguage } from '#app/language/detect.ts';

/** See test/fixtures/language/README.md. */
interface Sample {
  readonly text: string;
  /** A code, or `unknown`. */
  readonly expected: string;
  readonly alternatives: readonly string[];
}

interface Result {
  readonly right: number;
  readonly unknown: number;
  readonly wrong: readonly string[];
  /** The number of texts of four or more words in a language with phrases, and how many of them were recognised. */
  readonly long: number;
  readonly recognised: number;
  /** Each with the number of its texts, as "id -> unknown 6". */
  readonly confusions: ReadonlyMap<string, number>;
}

const PHRASE_LANGUAGES = ['ar', 'bn', 'de', 'en', 'es', 'fa', 'fr', 'hi', 'id', 'it', 'ms', 'tr', 'ur'];
const FIXTURES = join(import.meta.dirname, '../../fixtures/language');

function read(file: string): Sample[] {
  const lines = readFileSync(join(FIXTURES, file), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [text = '', expected = '', alternatives = ''] = line.split('\t');
    return { text, expected, alternatives: alternatives.split(',') };
  });
}

function isRight({ expected, alternatives }: Sample, language: string): boolean {
  return language === expected || alternatives.includes(language);
}

function measure(samples: readonly Sample[]): Result {
  const wrong: string[] = [];
  const confusions = new Map<string, number>();
  let [right, unknown, long, recognised] = [0, 0, 0, 0];
  for (const sample of samples) {
    const language = recogniseLanguage(sample.text) ?? 'unknown';
    const isCorrect = isRight(sample, language);
    if (isCorrect) right += 1;
    else if (language === 'unknown') unknown += 1;
    else wrong.push(`${sample.expected} -> ${language}: ${sample.text}`);
    if (!isCorrect) {
      const confusion = `${sample.expected} -> ${language}`;
      confusions.set(confusion, (confusions.get(confusion) ?? 0) + 1);
    }
    const words = sample.text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;
    if (words < 4 || !PHRASE_LANGUAGES.includes(sample.expected)) continue;
    long += 1;
    if (isCorrect) recognised += 1;
  }
  return { right, unknown, wrong, long, recognised, confusions };
}

/** The message of a failing test. */
function table({ right, unknown, wrong, long, recognised, confusions }: Result): string {
  const rows = [...confusions].sort(([, a], [, b]) => b - a).map(([pair, n]) => `  ${pair} ${n}`);
  const total = right + unknown + wrong.length;
  return [
    `${right} right, ${unknown} unknown, ${wrong.length} wrong of ${total}; ${recognised} of ${long} longer ones recognised`,
    ...rows,
    ...wrong,
  ].join('\n');
}

describe.each(['short-texts.tsv', 'held-out.tsv'])('the language of %s', (file) => {
  const samples = read(file);
  const result = measure(samples);

  it('is right or unknown for at least 97 % of them, and wrong for at most 1 %', () => {
    expect((result.right + result.unknown) / samples.length, table(result)).toBeGreaterThanOrEqual(0.97);
    expect(result.wrong.length / samples.length, table(result)).toBeLessThanOrEqual(0.01);
  });

  it('is recognised for at least 75 % of those with four words or more in a language with phrases', () => {
    expect(result.recognised / result.long, table(result)).toBeGreaterThanOrEqual(0.75);
  });

  it('is found for at least 75 % of the texts of each language with phrases', () => {
    const few = PHRASE_LANGUAGES.map((language) => {
      const own = measure(samples.filter(({ expected }) => expected === language));
      return { language, share: own.right / (own.right + own.unknown + own.wrong.length) };
    }).filter(({ share }) => !(share >= 0.75));
    expect(few, table(result)).toEqual([]);
  });

  it('is almost never recognised as a third one when another is known', async () => {
    const wrong: string[] = [];
    for (const sample of samples) {
      for (const known of PHRASE_LANGUAGES) {
        const language = await detectLanguage(sample.text, known);
        if (language !== known && !isRight(sample, language))
          wrong.push(`${known} -> ${language}: ${sample.text}`);
      }
    }
    expect(wrong.length / (samples.length * PHRASE_LANGUAGES.length), wrong.join('\n')).toBeLessThanOrEqual(
      0.01,
    );
  });
});
