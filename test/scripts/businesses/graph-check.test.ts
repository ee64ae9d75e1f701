import { describe, expect, it, onTestFinished } from 'vitest';
import { graphCheck } from '#scripts/businesses/graph-check.ts';
import { fakeServer } from '../../fakes/http-server.ts';
import { startWithApp } from '../simulator/start-with-app.ts';

const NUMBER = '100000000000001';
const TOKEN = 'development-access-token';

describe('asking the Graph API', () => {
  it('tells a valid token from one that is not', async () => {
    const [simulator] = await startWithApp();
    const ask = graphCheck(`${simulator.url}/v25.0`);
    expect(await ask(NUMBER, TOKEN)).toEqual({ state: 'valid', detail: '' });
    expect(await ask(NUMBER, 'another-token')).toEqual({
      state: 'refused',
      detail: 'Meta responded with HTTP 401, code 190',
    });
    expect(await ask('999999999999999', TOKEN)).toMatchObject({ state: 'not allowed' });
  });

  it.each([
    ['a server error', 500, { error: { code: 1 } }, 'not checked'],
    ['throttling', 400, { error: { code: 4 } }, 'not checked'],
    ['throttling without a code', 429, {}, 'not checked'],
    ['no permission', 403, { error: { code: 200 } }, 'not allowed'],
    ['an unknown code', 400, { error: { code: 999_999 } }, 'not checked'],
    ['a page of a proxy', 200, '<html>', 'not checked'],
    ['another number', 200, { id: '5' }, 'not checked'],
    ['a redirect', 302, {}, 'not checked'],
  ])('judges %s', async (_, status, body, state) => {
    const server = await fakeServer((response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    onTestFinished(() => server.close());
    const checked = await graphCheck(`${server.url}/v25.0`)(NUMBER, TOKEN);
    expect(checked.state).toBe(state);
    expect(checked.detail).not.toContain(TOKEN);
    expect(server.seen[0]?.url).toBe(`/v25.0/${NUMBER}?fields=id`);
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('says that nobody is there', async () => {
    const server = await fakeServer(() => undefined);
    await server.close();
    expect(await graphCheck(server.url)(NUMBER, TOKEN)).toMatchObject({ state: 'not checked' });
  });
});
