import { describe, expect, it } from 'vitest';
import { startWithApp } from '../simulator/start-with-app.ts';
import { ACCOUNT, type Answer, failureOf, meta, startGraph, TOKEN } from './run.ts';

const failing = async (answer: Answer) => {
  const graph = await startGraph(() => answer);
  return failureOf(meta(graph, ['apps', '--waba', ACCOUNT]));
};
const error = (code: number, more: object = {}) => ({
  error: { code, message: `(#${code}) of Meta`, ...more },
});

describe('a refusal of the Graph API', () => {
  it.each([
    [190, 401, 'Generate one for the system user in Meta Business settings'],
    [10, 403, 'The token needs whatsapp_business_management'],
    [200, 403, 'The token needs whatsapp_business_management'],
    [299, 403, 'The token needs whatsapp_business_management'],
    [100, 400, 'Meta does not take this value'],
    [803, 404, 'The id is wrong, or the token may not see it'],
    [4, 400, 'Meta counts calls of an app to an account by the hour'],
    [80008, 400, 'Meta counts calls of an app to an account by the hour'],
    [2, 503, 'This is a failure at Meta'],
    [2500, 400, 'Check META_API_URL and META_API_VERSION'],
    [368, 403, 'Meta restricts the account'],
    [987654, 429, 'Meta counts calls of an app to an account by the hour'],
    [987654, 401, 'Generate one for the system user'],
    [987654, 500, 'This is a failure at Meta'],
    [987654, 400, 'Meta documents the code'],
  ])('%i with HTTP %i says what to do', async (code, status, advice) => {
    const message = await failing({ status, body: error(code) });
    expect(message).toMatch(`Meta says ${code}: (#${code}) of Meta. ${advice}`);
  });

  it('says how long Meta asks to wait, and its details', async () => {
    const body = error(80008, { error_data: { details: 'Too many calls.' } });
    const message = await failing({ status: 400, headers: { 'retry-after': '90' }, body });
    expect(message).toContain('(#80008) of Meta: Too many calls. Meta counts');
    expect(message).toMatch(/ Meta asks for 90 seconds\.$/);
  });

  it('repeats no token and no line break of its message', async () => {
    const body = { error: { code: 190, message: `Malformed access token ${TOKEN}\nsecond line` } };
    const message = await failing({ status: 400, body });
    expect(message).toContain('Malformed access token *** second line.');
  });

  it.each<[string, Answer, string]>([
    [
      'a page of a proxy',
      { status: 403, body: '<html>' },
      'not from the Graph API (HTTP 403). Is a proxy in between?',
    ],
    ['an outage', { status: 502, body: '<html>' }, 'HTTP 502). This is a failure at Meta'],
    ['a redirect', { status: 302, body: '', headers: { location: '/' } }, 'HTTP 302). Is a proxy'],
    ['another form', { body: { data: 1 } }, 'has an unknown form'],
    ['an error with HTTP 200', { body: error(10) }, 'Meta says 10'],
  ])('%s is told apart', async (_, answer, sentence) => {
    expect(await failing(answer)).toContain(sentence);
  });

  it('of a change that had no success is an error', async () => {
    const graph = await startGraph(() => ({ body: { success: false } }));
    expect(await failureOf(meta(graph, ['override', 'clear']))).toContain('has an unknown form');
  });
});

it('says when Meta cannot be reached, without the token of the query', async () => {
  const message = await failureOf(meta({ url: 'http://127.0.0.1:1' }, ['token']));
  expect(message).toContain('Meta cannot be reached, or the connection broke (ECONNREFUSED)');
  expect(message).toContain('META_API_URL: curl -sS http://127.0.0.1:1');
  expect(message).not.toContain(TOKEN);
});

it('says that the token of the environment is refused', async () => {
  const [simulator] = await startWithApp();
  const wrong = { META_ACCESS_TOKEN_FROM_SYS_USER: 'EAAexpired' };
  const message = await failureOf(meta(simulator, ['numbers'], wrong));
  expect(message).toContain(
    'Meta says 190: Invalid OAuth access token - Cannot parse access token. Generate one',
  );
});

it('names a variable that is missing', async () => {
  const none = { DEPLOYMENT_TYPE: 'production', META_ACCESS_TOKEN_FROM_SYS_USER: '' };
  const message = await failureOf(meta({ url: 'https://graph.example.org' }, ['apps'], none));
  expect(message).toContain('META_ACCESS_TOKEN_FROM_SYS_USER is missing');
});
