import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldTurn, handedOff } from '#app/conversation/standing.ts';
import type { Standing } from '#app/domain/conversation.ts';
import type { Content, Message } from '#app/domain/message.ts';
import { message } from '../../fakes/messages.ts';

const HOUR = 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 2);
const RULES = { handOffMs: 24 * HOUR, operatorQuietMs: 4 * HOUR };
const HANDED_OFF: Standing = {
  handOff: { by: 'assistant', turn: 'turn', reason: 'upset', since: NOW - HOUR, until: NOW + 23 * HOUR },
};
const OPTED_OUT: Standing = { optedOutAt: NOW - HOUR };

const said = (text: string, ago = 0): Message => message(text, { sentAt: NOW - ago });
const image = message('', { sentAt: NOW, content: { kind: 'unreadable', type: 'image' } });
const from = (kind: 'takeover' | 'resume', ago = 0): Message =>
  message('', { sentAt: NOW - ago, content: { kind } });

/** The texts of the messages that are answered and held, and the phrases. */
function fold(stored: Standing, messages: readonly Message[], rules = RULES) {
  const { standing, toAnswer, held, phrases } = foldTurn(stored, messages, rules, NOW);
  const texts = (list: readonly Message[]) => list.map(({ content }) => 'text' in content && content.text);
  return { standing, answered: texts(toAnswer), held: texts(held), phrases };
}

describe('the standing of a person', () => {
  it('is answered, and keeps the time of the newest message', () => {
    const stored = { noticeAt: 5, inboundAt: NOW - HOUR };
    expect(fold(stored, [said('one', 2 * HOUR), said('two', 5)])).toEqual({
      ...{ answered: ['one', 'two'], held: [], phrases: [] },
      standing: { noticeAt: 5, inboundAt: NOW - 5 },
    });
    expect(fold(stored, [said('late', 2 * HOUR)]).standing.inboundAt).toBe(NOW - HOUR);
    expect(fold(stored, [from('takeover'), from('resume')]).standing).toEqual(stored);
  });
});

describe('a hand-off', () => {
  it('keeps everything for the operator, and ends with its time', () => {
    expect(fold(HANDED_OFF, [said('hello'), image])).toMatchObject({
      ...{ answered: [], held: ['hello', false], phrases: [] },
      standing: HANDED_OFF,
    });
    const expired = { handOff: { by: 'operator', since: 0, until: NOW } } as const;
    expect(fold(expired, [said('hello')])).toEqual({
      ...{ answered: ['hello'], held: [], phrases: [], standing: { inboundAt: NOW } },
    });
  });

  it('begins when an operator writes, who has answered what was written before', () => {
    const { standing, ...rest } = fold({}, [said('one', 3), from('takeover', 2), said('two', 1)]);
    expect(rest).toEqual({ answered: [], held: ['two'], phrases: [] });
    expect(standing.handOff).toEqual({ by: 'operator', since: NOW - 2, until: NOW - 2 + 4 * HOUR });
  });

  it('is prolonged by an operator, never shortened', () => {
    expect(fold(HANDED_OFF, [from('takeover', 5)]).standing.handOff).toEqual({
      ...{ by: 'operator', since: NOW - 5, until: NOW + 23 * HOUR },
    });
  });

  it('does not begin with what an operator wrote too long ago, or when operators do not count', () => {
    expect(fold({}, [said('one', 6 * HOUR), from('takeover', 5 * HOUR), said('two')])).toMatchObject({
      ...{ answered: ['two'], held: [] },
      standing: { inboundAt: NOW },
    });
    const off = { ...RULES, operatorQuietMs: 0 };
    expect(fold({}, [said('one', 1), from('takeover')], off)).toEqual({
      ...{ answered: ['one'], held: [], phrases: [], standing: { inboundAt: NOW - 1 } },
    });
  });

  it('ends when an operator says so: what comes after it is answered, what came before is not', () => {
    expect(fold(HANDED_OFF, [said('one', 3), from('resume', 2), said('two', 1)])).toEqual({
      ...{ answered: ['two'], held: ['one'], phrases: [], standing: { inboundAt: NOW - 1 } },
    });
  });

  it('is what an answer asks for, with a reason of bounded length', () => {
    const wanted = { turn: 'turn', reason: `${'a'.repeat(999)}😀` };
    const { handOff, ...rest } = handedOff({ noticeAt: 5 }, wanted, RULES, NOW);
    expect(rest).toEqual({ noticeAt: 5 });
    expect(handOff).toMatchObject({ by: 'assistant', turn: 'turn', since: NOW, until: NOW + 24 * HOUR });
    expect(handOff?.reason).toBe(`${'a'.repeat(999)}\uFFFD`);
    const { standing } = foldTurn(handedOff({}, wanted, { ...RULES, handOffMs: 0 }, NOW), [], RULES, NOW);
    expect(standing).toEqual({});
  });
});

describe('STOP and START', () => {
  it.each<[string, Standing, string[], { answered: string[]; phrases: string[]; out: boolean }]>([
    ['a question, then STOP', {}, ['q', 'stop'], { answered: [], phrases: ['optedOut'], out: true }],
    ['STOP, then a question', {}, ['stop', 'q'], { answered: [], phrases: ['optedOut'], out: true }],
    ['STOP twice', {}, ['stop', 'Stop!'], { answered: [], phrases: ['optedOut'], out: true }],
    ['STOP again', OPTED_OUT, ['stop'], { answered: [], phrases: [], out: true }],
    ['a question', OPTED_OUT, ['q'], { answered: [], phrases: [], out: true }],
    [
      'START, then a question',
      OPTED_OUT,
      ['start', 'q'],
      { answered: ['q'], phrases: ['optedIn'], out: false },
    ],
    ['START twice', OPTED_OUT, ['start', 'start'], { answered: ['start'], phrases: ['optedIn'], out: false }],
    ['START of anybody', {}, ['start'], { answered: ['start'], phrases: [], out: false }],
    ['STOP, then START', {}, ['q', 'stop', 'start'], { answered: [], phrases: ['optedIn'], out: false }],
    [
      'START, then STOP',
      OPTED_OUT,
      ['start', 'q', 'stop'],
      { answered: [], phrases: ['optedOut'], out: true },
    ],
    ['during a hand-off, STOP', HANDED_OFF, ['stop'], { answered: [], phrases: ['optedOut'], out: true }],
    [
      'during a hand-off, START',
      { ...HANDED_OFF, ...OPTED_OUT },
      ['start', 'q'],
      { answered: [], phrases: ['optedIn'], out: false },
    ],
  ])('%s', (_case, stored, texts, { answered, phrases, out }) => {
    const folded = fold(
      stored,
      texts.map((text) => said(text)),
    );
    expect(folded).toMatchObject({ answered, phrases });
    expect(folded.standing.optedOutAt !== undefined).toBe(out);
    expect(folded.held).toEqual(stored.handOff === undefined ? [] : texts);
  });
});

const content = fc.constantFrom<Content>(
  { kind: 'text', text: 'stop' },
  { kind: 'text', text: 'start' },
  { kind: 'text', text: 'q' },
  { kind: 'unreadable', type: 'image' },
  { kind: 'takeover' },
  { kind: 'resume' },
);
const messages = fc
  .array(fc.tuple(content, fc.integer({ min: -6 * HOUR, max: 0 })), { maxLength: 12 })
  .map((list) =>
    list
      .map(([each, ago]) => message('', { sentAt: NOW + ago, content: each }))
      .sort((a, b) => a.sentAt - b.sentAt),
  );
const stored: fc.Arbitrary<Standing> = fc.record(
  {
    handOff: fc.record({
      by: fc.constantFrom('assistant', 'operator'),
      since: fc.constant(NOW - HOUR),
      until: fc.integer({ min: NOW - HOUR, max: NOW + HOUR }),
    }),
    optedOutAt: fc.constant(NOW - HOUR),
    noticeAt: fc.constant(1),
    inboundAt: fc.integer({ min: NOW - HOUR, max: NOW }),
  },
  { requiredKeys: [] },
);
const quiet = fc.constantFrom(0, HOUR, 4 * HOUR);

describe('for any messages in any standing', () => {
  it('says one phrase at most, answers each message once at most, and in order', () => {
    fc.assert(
      fc.property(stored, messages, quiet, (before, list, operatorQuietMs) => {
        const { toAnswer, held, phrases } = foldTurn(before, list, { ...RULES, operatorQuietMs }, NOW);
        expect(phrases.length).toBeLessThanOrEqual(1);
        const inOrder = (some: readonly Message[]) => list.filter((each) => some.includes(each));
        expect(toAnswer).toEqual(inOrder(toAnswer));
        expect(held).toEqual(inOrder(held));
        expect(toAnswer.filter((each) => held.includes(each))).toEqual([]);
        const kinds = [...toAnswer, ...held].map((each) => each.content.kind);
        expect(kinds.filter((kind) => kind !== 'text' && kind !== 'unreadable')).toEqual([]);
      }),
    );
  });

  it('answers nobody who is opted out or handed over afterwards', () => {
    fc.assert(
      fc.property(stored, messages, (before, list) => {
        const { standing, toAnswer } = foldTurn(before, list, RULES, NOW);
        if (toAnswer.length === 0) return;
        expect(standing.optedOutAt).toBeUndefined();
        expect(standing.handOff).toBeUndefined();
      }),
    );
  });

  it('leaves a standing that was stored before as it is', () => {
    fc.assert(
      fc.property(stored, messages, quiet, (before, list, operatorQuietMs) => {
        const rules = { ...RULES, operatorQuietMs };
        const { standing } = foldTurn(before, list, rules, NOW);
        expect(foldTurn(standing, list, rules, NOW).standing).toEqual(standing);
        expect(standing.handOff?.until ?? NOW + 1).toBeGreaterThan(NOW);
        expect(standing.noticeAt).toBe(before.noticeAt);
      }),
    );
  });
});
