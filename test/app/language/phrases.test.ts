import { describe, expect, it } from 'vitest';
import { replyParts } from '#app/conversation/reply.ts';
import { UNREADABLE_KINDS } from '#app/domain/message.ts';
import type { PhraseKey } from '#app/domain/phrase.ts';
import { detectLanguage } from '#app/language/detect.ts';
import { phrase } from '#app/language/phrases.ts';

const KEYS: readonly PhraseKey[] = [
  'maintenance',
  'tooOld',
  'apology',
  'noAnswer',
  'cut',
  ...UNREADABLE_KINDS.map((kind) => `unreadable.${kind}` as const),
];

describe.each(['en', 'ar', 'fr', 'id', 'tr', 'ur'])('phrases in %s', (language) => {
  it('differ from each other', () => {
    expect(new Set(KEYS.map((key) => phrase(key, language))).size).toBe(KEYS.length);
  });

  it.each(KEYS)('%s is short plain text in its language', async (key) => {
    const text = phrase(key, language);
    expect(text.length).toBeLessThan(200);
    expect(replyParts(text, 1_600)).toEqual([text]);
    expect(await detectLanguage(text)).toBe(language);
  });
});

describe('phrase', () => {
  it('falls back to English', () => {
    expect(phrase('apology', 'xx')).toBe(phrase('apology', 'en'));
    expect(phrase('apology', 'constructor')).toBe(phrase('apology', 'en'));
  });
});
