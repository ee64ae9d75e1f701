import { beforeEach, describe, expect, it } from 'vitest';
import { assistant, begin, clock, HOUR, look, now, saidTo } from './story.ts';

beforeEach(begin);

describe('policy', () => {
  it('says that the service is under maintenance', async () => {
    await look([now()], { underMaintenance: true });
    expect(assistant.questions).toEqual([]);
    expect(saidTo().join(' ')).toMatch(/maintenance/i);
  });

  it.each([
    ['under maintenance', 0, { underMaintenance: true }],
    ['too late', 3 * HOUR, {}],
  ])('speaks the language of a first message that comes %s', async (_, ageMs, rules) => {
    await look([now('ما هي الزكاة؟', { sentAt: clock.now() - ageMs })], rules);
    expect(saidTo().join()).toMatch(/يُرجى إعادة إرسال/);
  });

  it('asks to send an old message again, and sends nothing to one that may not be answered any more', async () => {
    await look([now('old', { sentAt: clock.now() - 3 * HOUR })]);
    expect(assistant.questions).toEqual([]);
    expect(saidTo()).toHaveLength(1);
    expect(await look([now('older', { sentAt: clock.now() - 25 * HOUR })])).toMatchObject({
      outcome: 'silent',
      sent: 0,
    });
  });

  it('says one sentence per kind that it cannot read, and answers the words beside it', async () => {
    const image = () => now('', { content: { kind: 'unreadable', type: 'image' } });
    await look([image(), image()]);
    const [sentence] = saidTo();
    expect(saidTo()).toHaveLength(1);
    await look([image(), now()]);
    expect(saidTo().slice(1).join(' ')).toContain('An answer.');
    expect(saidTo().slice(1).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      sentence?.split(' ').slice(0, 3).join(' '),
    );
  });

  it('leaves messages for another deployment alone', async () => {
    expect(await look([now('!d test')])).toMatchObject({ outcome: 'silent', sent: 0 });
    expect(assistant.questions).toEqual([]);
  });
});
