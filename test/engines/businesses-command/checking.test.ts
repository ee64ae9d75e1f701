import { expect, it, onTestFinished } from 'vitest';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import { businesses, collection, keys, stored, suite, TOKEN } from './scene.ts';

suite('check-tokens', () => {
  it('check-tokens asks Meta for each number, and reports what expires', async () => {
    const simulator = await createSimulator({ accessToken: TOKEN });
    onTestFinished(() => simulator.close());
    const soon = stored({ whatsappTokenExpiresAt: new Date(Date.now() + 3 * 86_400_000) });
    const past = stored({ whatsappTokenExpiresAt: new Date(1000) });
    const [clear, foreign, off] = [
      stored({ whatsappAccessToken: TOKEN }),
      stored({ whatsappPhoneNumberIds: ['999999999999999'] }),
      stored({ whatsappEnabled: false, whatsappAccessToken: TOKEN }),
    ];
    const refused = stored();
    refused.whatsappAccessToken = keys.seal(String(refused._id), `${TOKEN}x`);
    await collection().insertMany([stored(), soon, past, clear, foreign, off, refused]);

    const graph = { META_API_URL: simulator.url };
    const { code, output } = await businesses(['check-tokens', '--json'], graph);
    expect(code).toBe(1);
    const { businesses: count, valid, findings } = JSON.parse(output);
    expect([count, valid]).toEqual([6, 3]);
    const states = Object.fromEntries(
      findings.map(({ id, state }: { id: string; state: string }) => [id, state]),
    );
    expect(states).toEqual({
      [String(soon._id)]: 'expires soon',
      [String(past._id)]: 'expired',
      [String(clear._id)]: 'unreadable',
      [String(foreign._id)]: 'not allowed',
      [String(refused._id)]: 'refused',
    });
    await collection().deleteMany({ _id: { $in: [past, clear, foreign, refused].map(({ _id }) => _id) } });
    expect(await businesses(['check-tokens', '--days', '1'], graph)).toEqual({
      code: 0,
      output: '2 business(es), 2 number(s) with a valid token, 0 finding(s).\n',
    });
  });
});
