import { describe, expect } from 'vitest';
import type { WorkRules } from '#app/conversation/work.ts';
import { HOUR, turnTest } from './turn-test.ts';

const it = turnTest();

describe('policy', () => {
  it('replies that the service is under maintenance', async ({ assistant, sentNow, wake, sentTexts }) => {
    await wake([sentNow()], { underMaintenance: true });
    expect(assistant.questions).toEqual([]);
    expect(sentTexts().join(' ')).toMatch(/maintenance/i);
  });

  it.for<[string, number, Partial<WorkRules>]>([
    ['under maintenance', 0, { underMaintenance: true }],
    ['too late', 3 * HOUR, {}],
  ])(
    'replies in the language of a first message that arrives %s',
    async ([, ageMs, rules], { clock, sentNow, wake, sentTexts }) => {
      await wake([sentNow('ما هي الزكاة؟', { sentAt: clock.now() - ageMs })], rules);
      expect(sentTexts().join()).toMatch(/يُرجى إعادة إرسال/);
    },
  );

  it('asks the person to repeat an old message', async ({ clock, assistant, sentNow, wake, sentTexts }) => {
    await wake([sentNow('old', { sentAt: clock.now() - 3 * HOUR })]);
    expect(assistant.questions).toEqual([]);
    expect(sentTexts()).toHaveLength(1);
  });

  it('sends one sentence per unreadable kind, and answers the text of the same turn', async ({
    imageNow,
    sentNow,
    wake,
    sentTexts,
  }) => {
    await wake([imageNow(), imageNow()]);
    const [sentence] = sentTexts();
    expect(sentTexts()).toHaveLength(1);
    await wake([imageNow(), sentNow()]);
    expect(sentTexts().slice(1).join(' ')).toContain('An answer.');
    expect(sentTexts().slice(1).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      sentence?.split(' ').slice(0, 3).join(' '),
    );
  });

  it('ignores messages for another deployment', async ({ assistant, sentNow, wake }) => {
    expect(await wake([sentNow('!d test')])).toMatchObject({ outcome: 'silent', sent: 0 });
    expect(assistant.questions).toEqual([]);
  });
});
