import { describe, expect, it } from 'vitest';
import { optOutWord } from '#app/language/opt-out.ts';
import { START_WORDS, STOP_WORDS } from '#app/language/opt-out-words.ts';

describe('the words of STOP and START', () => {
  it.each([
    ['STOP', 'stop'],
    ['  Stop!! ', 'stop'],
    ['*stop*', 'stop'],
    ['Stop 🙏', 'stop'],
    ['UNSUBSCRIBE', 'stop'],
    ['إيقاف', 'stop'],
    ['ايقاف', 'stop'],
    ['إِيقَاف.', 'stop'],
    ['Arrêter', 'stop'],
    ['ARRETER', 'stop'],
    ['Berhenti.', 'stop'],
    ['DURDUR', 'stop'],
    ['ABONELİKTEN ÇIK', 'stop'],
    ['روك ديں', 'stop'],
    ['start', 'start'],
    ['START.', 'start'],
    ['ابدأ', 'start'],
    ['اِبْدَأْ', 'start'],
    ['MULAI', 'start'],
    ['BAŞLA', 'start'],
    ['شروع', 'start'],
    ['Démarrer', 'start'],
  ])('%j', (text, word) => {
    expect(optOutWord(text)).toBe(word);
  });

  it.each([
    ...[
      '',
      '?',
      '🙏',
      'Stop doing that',
      'How do I stop?',
      'please stop',
      'stops',
      'startup',
      'Start my fast?',
    ],
    ...['end', 'yes', 'no', 'ok', 'continue', 'ابدأ الصلاة', 'هل أتوقف؟', `stop${' '.repeat(200)}`],
  ])('are not in %j', (text) => {
    expect(optOutWord(text)).toBeUndefined();
  });

  it('are recognised, each list for itself', () => {
    for (const word of STOP_WORDS) expect([word, optOutWord(word)]).toEqual([word, 'stop']);
    for (const word of START_WORDS) expect([word, optOutWord(word)]).toEqual([word, 'start']);
  });
});
