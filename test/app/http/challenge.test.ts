import { describe, expect, it } from 'vitest';
import { start, VERIFY_TOKEN } from './running-app.ts';

const VALID = { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '1158201444' };

async function ask(query: Record<string, string> | string, method = 'GET', route = '/whatsapp/v2') {
  const app = await start();
  const response = await fetch(`${app.url}${route}?${new URLSearchParams(query)}`, { method });
  return { app, response, status: response.status, text: await response.text() };
}

describe.each(['/whatsapp/v2', '/whatsapp_response'])('GET %s', (route) => {
  it('returns the bare challenge as plain text', async () => {
    const { response, status, text } = await ask(VALID, 'GET', route);
    expect([status, text]).toEqual([200, '1158201444']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('the challenge', () => {
  it.each([
    ['another token', { 'hub.verify_token': `${VERIFY_TOKEN}x` }, 403],
    ['an empty token', { 'hub.verify_token': '' }, 403],
    ['another mode', { 'hub.mode': 'unsubscribe' }, 403],
    ['markup', { 'hub.challenge': '<script>alert(1)</script>' }, 400],
    ['an empty challenge', { 'hub.challenge': '' }, 400],
    ['a long challenge', { 'hub.challenge': '1'.repeat(257) }, 400],
    ['markup and another token', { 'hub.challenge': '<b>', 'hub.verify_token': 'x' }, 403],
  ])('with %s is refused', async (_, change, expected) => {
    const { status, text } = await ask({ ...VALID, ...change });
    expect(status).toBe(expected);
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toMatchObject({ success: false });
  });

  it.each(Object.keys(VALID))('without %s returns 400', async (missing) => {
    const query = Object.entries(VALID).filter(([name]) => name !== missing);
    expect((await ask(new URLSearchParams(query).toString())).status).toBe(400);
  });

  it.each(Object.entries(VALID))('with %s twice returns 400', async (name, value) => {
    const query = new URLSearchParams(VALID);
    query.append(name, value);
    expect((await ask(query.toString())).status).toBe(400);
  });

  it('with parameters in array syntax returns 400', async () => {
    const query = new URLSearchParams(VALID).toString().replaceAll('=', '[]=');
    expect((await ask(query)).status).toBe(400);
  });

  it('also supports HEAD', async () => {
    const { status, text, response } = await ask(VALID, 'HEAD');
    expect([status, text, response.headers.get('content-length')]).toEqual([200, '', '10']);
  });

  it.each([
    ['a wrong token', { 'hub.verify_token': 'guessed-token' }],
    ['a wrong mode', { 'hub.mode': 'unsubscribe' }],
  ])('with %s is logged as a warning', async (_, change) => {
    const { app } = await ask({ ...VALID, ...change });
    expect(app.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'the address was not verified', status: 403 }),
    );
  });

  it('leaves no token in the log', async () => {
    const { app } = await ask({ ...VALID, 'hub.verify_token': 'guessed-token' });
    await ask(VALID);
    expect(app.logged).not.toEqual([]);
    expect(JSON.stringify(app.logged)).not.toMatch(/guessed|development/);
  });
});
