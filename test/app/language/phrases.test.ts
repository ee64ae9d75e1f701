import { describe, expect, it } from 'vitest';
import { replyParts } from '#app/conversation/reply.ts';
import { UNREADABLE_KINDS } from '#app/domain/message.ts';
import type { PhraseKey } from '#app/domain/phrase.ts';
import { detectLanguage } from '#app/language/detect.ts';
import { isStart, isStop } from '#app/language/opt-out.ts';
import { phrase } from '#app/language/phrases.ts';

const KEYS: readonly PhraseKey[] = [
  'maintenance',
  'tooOld',
  'apology',
  'tooMany',
  'noAnswer',
  'cut',
  'machine',
  'handedOff',
  'optedOut',
  'optedIn',
  ...UNREADABLE_KINDS.map((kind) => `unreadable.${kind}` as const),
];

/** The script of the language. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  ar: /\p{Script=Arabic}/u,
  bn: /\p{Script=Bengali}/u,
  de: /\p{Script=Latin}/u,
  en: /\p{Script=Latin}/u,
  es: /\p{Script=Latin}/u,
  fa: /\p{Script=Arabic}/u,
  fr: /\p{Script=Latin}/u,
  hi: /\p{Script=Devanagari}/u,
  id: /\p{Script=Latin}/u,
  it: /\p{Script=Latin}/u,
  ms: /\p{Script=Latin}/u,
  tr: /\p{Script=Latin}/u,
  ur: /\p{Script=Arabic}/u,
};
const RIGHT_TO_LEFT = ['ar', 'fa', 'ur'];

describe.each(Object.keys(SCRIPTS))('phrases in %s', (language) => {
  it('differ from each other', () => {
    expect(new Set(KEYS.map((key) => phrase(key, language))).size).toBe(KEYS.length);
  });

  it.each(KEYS)('%s is short plain text in its language', async (key) => {
    const text = phrase(key, language);
    expect(text.length).toBeLessThan(200);
    expect(text).not.toMatch(/[*_~`<>[\]|#\\]|\s{2}|^\s|\s$/);
    expect(replyParts(text, 1_600)).toEqual([text]);
    expect(await detectLanguage(text)).toBe(language);
  });

  it.each(KEYS)('%s has letters of its own script alone', (key) => {
    const letters = phrase(key, language).match(/\p{L}/gu) ?? [];
    const foreign = letters.filter((letter) => !SCRIPTS[language]?.test(letter));
    expect(foreign).toEqual([]);
  });

  it('name a word that starts again', () => {
    const words = phrase('optedOut', language).split(/[\s.]+/);
    expect(words.filter(isStart)).toHaveLength(1);
    expect(words.filter(isStop)).toEqual([]);
  });
});

describe.each(RIGHT_TO_LEFT)('phrases in %s, from right to left,', (language) => {
  it.each(KEYS)('%s begins in its script and holds nothing that turns the line round', (key) => {
    const text = phrase(key, language);
    // The first strong letter decides the direction of a line (UAX #9, P2).
    expect(text).toMatch(/^\p{Script=Arabic}/u);
    expect(text).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  });

  it('stay as they are beside each other and beside text from left to right', () => {
    const [first, second] = [phrase('machine', language), phrase('optedOut', language)];
    expect(replyParts(`${first}\n\nOK\n\n${second}`, 1_600)).toEqual([`${first}\n\nOK\n\n${second}`]);
    expect(replyParts(`${first} \u2068OK\u2069 ${second}`, 1_600)).toEqual([
      `${first} \u2068OK\u2069 ${second}`,
    ]);
  });
});

describe('phrase', () => {
  it('falls back to English', () => {
    expect(phrase('apology', 'xx')).toBe(phrase('apology', 'en'));
    expect(phrase('apology', 'constructor')).toBe(phrase('apology', 'en'));
  });
});
