import { expect, it, vi } from 'vitest';
import { Unavailable } from '#app/domain/errors.ts';
import { MissingParameters, withExistingParameters, withParameters } from '#app/worker/parameters.ts';
import { startSsm } from '../../fakes/ssm.ts';

vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
const at = (endpointUrl: string) => ({ region: 'us-west-2', endpointUrl });

it('resolves any number of references to parameters and leaves other variables unchanged', async () => {
  const names = Array.from({ length: 23 }, (_, index) => `V${index}`);
  const ssm = await startSsm(Object.fromEntries(names.map((name) => [`/app/${name}`, `value of ${name}`])));
  const env = { PORT: '1', ...Object.fromEntries(names.map((name) => [name, `ssm:/app/${name}`])) };
  expect(await withParameters(env, at(ssm))).toEqual({
    PORT: '1',
    ...Object.fromEntries(names.map((name) => [name, `value of ${name}`])),
  });
});

it('finds the parameter of a reference without a name in the path of the stack', async () => {
  const ssm = await startSsm({ '/app/staging/meta-app-secret': 'of Meta', '/elsewhere': 'other' });
  const env = { PARAMETERS_PATH: '/app/staging', META_APP_SECRET: 'ssm:', OPENAI_API_KEY: 'ssm:/elsewhere' };
  expect(await withParameters(env, at(ssm))).toMatchObject({
    META_APP_SECRET: 'of Meta',
    OPENAI_API_KEY: 'other',
  });
});

it('takes one field of a secret that is a JSON object', async () => {
  const name = '/aws/reference/secretsmanager/twilio';
  const ssm = await startSsm({
    [name]: '{"twilio_account_sid": "AC1", "twilio_auth_token": "hunter2"}',
    '/x': '{"hunter2',
  });
  const env = {
    SID: `ssm:${name}#twilio_account_sid`,
    TOKEN: `ssm:${name}#twilio_auth_token`,
    ALL: `ssm:${name}`,
  };
  expect(await withParameters(env, at(ssm))).toEqual({
    SID: 'AC1',
    TOKEN: 'hunter2',
    ALL: expect.stringContaining('twilio_account_sid'),
  });
  for (const reference of [`ssm:${name}#other`, 'ssm:/x#key']) {
    const failure: unknown = await withParameters({ A: reference }, at(ssm)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MissingParameters);
    expect(String(failure)).toContain(`in ${reference.split('#')[1]}, which A is`);
    expect(String(failure)).not.toContain('hunter2');
  }
});

it('makes no call without references', async () => {
  const env = { PORT: '1', EMPTY: undefined };
  expect(await withParameters(env, at('http://127.0.0.1:1'))).toBe(env);
});

it('names the variables whose parameter is missing', async () => {
  const ssm = await startSsm({});
  await expect(withParameters({ A: 'ssm:/app/a' }, at(ssm))).rejects.toThrow('A (/app/a)');
});

it('reports that AWS cannot be reached', async () => {
  const result = withParameters({ A: 'ssm:/app/a' }, at('http://127.0.0.1:1'));
  await expect(result).rejects.toThrow(Unavailable);
  await expect(result).rejects.toThrow('cannot be reached');
});

it('leaves a variable out whose parameter does not exist, where that is allowed', async () => {
  const ssm = await startSsm({ '/app/a': 'of a' });
  const env = { A: 'ssm:/app/a', B: 'ssm:/app/b', PORT: '1' };
  expect(await withExistingParameters(env, at(ssm))).toEqual({ A: 'of a', PORT: '1' });
});
