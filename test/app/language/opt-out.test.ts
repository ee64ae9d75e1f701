import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStart, isStop } from '#app/language/opt-out.ts';
import { normalised, START_WORDS, STOP_WORDS } from '#app/language/opt-out-words.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/language');
const QUESTIONS = ['short-texts.tsv', 'held-out.tsv']
  .flatMap((file) => readFileSync(join(FIXTURES, file), 'utf8').trimEnd().split('\n'))
  .map((line) => line.split('\t')[0] ?? '');

describe('isStop', () => {
  it.each([
    ['ar', 'إلغاء الاشتراك'],
    ['ar', 'الغاء الإشتراك'],
    ['ar', 'تَوَقَّفْ'],
    ['ar', 'ﺗﻮﻗﻒ'],
    ['bn', 'মেসেজ বন্ধ করুন'],
    ['bn', 'Message bondho korun'],
    ['de', 'Keine Nachrichten mehr!'],
    ['en', 'STOP'],
    ['en', ' stop. '],
    ['en', 'ＳＴＯＰ'],
    ['en', 's\u200bto\u200dp\ufeff'],
    ['en', '\u2068STOP\u2069'],
    ['en', '*Stop!!*'],
    ['en', 'STOP ⛔\ufe0f'],
    ['en', 'Stop all'],
    ['en', 'opt-out'],
    ['en', 'Don’t message me'],
    ['en', 'UNSUBSCRIBE'],
    ['es', 'BAJA'],
    ['es', 'Cancelar suscripcion'],
    ['fa', 'لغو ۱۱'],
    ['fa', 'لغو۱۱'],
    ['fa', 'دیگر پیام نمی\u200cخواهم'],
    ['fa', 'ديگر پيام نمي خواهم'],
    ['fr', 'ARRÊT'],
    ['fr', 'arre\u0302t'],
    ['fr', 'Désabonnement'],
    ['hi', 'मैसेज बंद करो।'],
    ['hi', 'message mat bhejo'],
    ['id', 'Berhenti'],
    ['id', 'UNREG'],
    ['it', 'Non scrivetemi più'],
    ['ms', 'Jangan hantar mesej lagi'],
    ['tr', 'ABONELİKTEN ÇIK'],
    ['tr', 'abonelikten cik'],
    ['ur', 'پیغام بند کریں۔'],
    ['ur', 'میسج مت بھیجیں'],
  ])('is true for a whole message that asks to end, in %s: %j', (_language, text) => {
    expect(isStop(text)).toBe(true);
    expect(isStart(text)).toBe(false);
  });

  it.each([
    '',
    ' \n',
    '🛑',
    'no',
    'No thanks',
    'end',
    'finish',
    'enough',
    'revoke',
    'stop sinning how',
    'how do I stop',
    'When does one stop eating before fajr?',
    'لا',
    'وقف',
    'إلغاء',
    'متى توقف الوحي',
    'لغو',
    'ما هو اللغو',
    'batal',
    'berhenti merokok',
    'basta',
    'dur',
    'bas',
    'nein',
    'para',
    'বন্ধ',
    'stop'.repeat(2),
  ])('is false for an answer, a question or part of one: %j', (text) => {
    expect(isStop(text)).toBe(false);
  });
});

describe('isStart', () => {
  it.each([
    ['ar', 'اشتراك'],
    ['ar', 'ابدأ'],
    ['ar', 'إبدأ'],
    ['ar', 'ابدئي'],
    ['bn', 'শুরু করুন'],
    ['de', 'Wieder anmelden'],
    ['en', 'start'],
    ['en', '/start'],
    ['en', 'UNSTOP'],
    ['es', 'Alta'],
    ['fa', 'شروع کنید'],
    ['fr', 'Me réabonner'],
    ['hi', 'शुरू करें'],
    ['id', 'mulai'],
    ['it', 'Riprendi'],
    ['ms', 'Mula semula'],
    ['tr', 'BAŞLA'],
    ['tr', 'basla'],
    ['ur', 'دوبارہ شروع کریں'],
    ['ur', 'shuru karo'],
  ])('is true for a whole message that asks to start again, in %s: %j', (_language, text) => {
    expect(isStart(text)).toBe(true);
    expect(isStop(text)).toBe(false);
  });

  // Without the hamza at its end, the Arabic word is "never".
  it.each([
    'yes',
    'evet',
    'نعم',
    'أبدا',
    'أبدًا',
    'ابدا',
    'continue',
    'when does ramadan start',
    'unstoppable',
    '',
  ])('is false for an answer or a question: %j', (text) => {
    expect(isStart(text)).toBe(false);
  });
});

describe('the words', () => {
  it('are normalised, and none is in both sets', () => {
    for (const words of [STOP_WORDS, START_WORDS]) {
      expect([...words].filter((word) => word === '' || normalised(word) !== word)).toEqual([]);
    }
    expect([...STOP_WORDS].filter((word) => START_WORDS.has(word))).toEqual([]);
  });

  it('are no ordinary message', () => {
    expect(QUESTIONS.length).toBeGreaterThan(1_000);
    expect(QUESTIONS.filter((text) => isStop(text) || isStart(text))).toEqual([]);
  });

  it('end nothing as part of a longer message', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STOP_WORDS, ...START_WORDS),
        fc.constantFrom(...QUESTIONS.filter((text) => /\p{L}{2}/u.test(text))),
        (word, question) => {
          expect(isStop(`${word} ${question}`) || isStart(`${question} ${word}`)).toBe(false);
        },
      ),
    );
  });

  it('are found whatever stands around and between their letters', () => {
    const ignored = fc.stringMatching(/^[ .!,"'()*_\-\u200b-\u200f\u2066-\u2069\ufeff🙏✋]{0,8}$/u);
    fc.assert(
      fc.property(fc.constantFrom(...STOP_WORDS), ignored, ignored, (word, before, after) => {
        expect(isStop(before + word.toUpperCase() + after)).toBe(true);
      }),
    );
  });
});

describe('normalised', () => {
  it('is idempotent and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(normalised(normalised(text))).toBe(normalised(text));
      }),
    );
  });
});
