import { expect, test } from 'vitest';
import { BackendConfigError, readBackendConfig } from '#app/backend/config.ts';

function problems(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readBackendConfig(env);
  } catch (error) {
    if (error instanceof BackendConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('needs no variables for local use', () => {
  expect(readBackendConfig({ PORT: '', OPENAI_API_KEY: '' })).toEqual({
    host: '127.0.0.1',
    port: 8000,
    apiKeys: ['development-backend-key'],
    databasePath: 'data/ansari-backend.db',
    replies: { kind: 'echo' },
  });
});

test('prefers BACKEND_PORT to PORT, which it may share with the service', () => {
  expect(readBackendConfig({ PORT: '8001' }).port).toBe(8001);
  expect(readBackendConfig({ PORT: '8001', BACKEND_PORT: '9000' }).port).toBe(9000);
});

test('has no development key in other deployments', () => {
  expect(problems({ DEPLOYMENT_TYPE: 'staging' })).toEqual(['BACKEND_API_KEYS: is missing']);
});

test('reads several keys, and prefers its own to those of the caller', () => {
  const env = { DEPLOYMENT_TYPE: 'production', WHATSAPP_SERVICE_API_KEY: 'c' };
  expect(readBackendConfig(env)).toMatchObject({ apiKeys: ['c'], host: '0.0.0.0' });
  expect(readBackendConfig({ ...env, BACKEND_API_KEYS: 'a, b,' }).apiKeys).toEqual(['a', 'b']);
});

test('uses a model when there is a key', () => {
  expect(readBackendConfig({ OPENAI_API_KEY: 'sk', OPENAI_MODEL: 'm' }).replies).toEqual({
    kind: 'openai',
    apiUrl: 'https://api.openai.com/v1',
    apiKey: 'sk',
    model: 'm',
    instructions: 'You are a helpful assistant.',
  });
});

test('reports all problems at once, without the values of secrets', () => {
  const found = problems({
    DEPLOYMENT_TYPE: 'moon',
    PORT: '70000',
    OPENAI_API_KEY: 'sk-secret',
    OPENAI_API_URL: 'nowhere',
  });
  expect(found.map((problem) => problem.split(':', 1)[0])).toEqual([
    'DEPLOYMENT_TYPE',
    'PORT',
    'OPENAI_API_URL',
    'OPENAI_MODEL',
    'BACKEND_API_KEYS',
  ]);
  expect(found.join()).not.toContain('sk-secret');
});
