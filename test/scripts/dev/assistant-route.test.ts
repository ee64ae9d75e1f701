import { expect, test } from 'vitest';
import { throughSimulator } from '#scripts/dev/assistant-route.ts';

const SIMULATOR = 'http://localhost:8002';
const ROUTE = `${SIMULATOR}/assistant`;

test.each([
  [{ BACKEND_SERVER_URL: 'http://localhost:8000' }, 'BACKEND_SERVER_URL', 'http://localhost:8000'],
  [{ ASSISTANT: 'echo' }, 'BACKEND_SERVER_URL', 'http://localhost:8000'],
  [{ ASSISTANT: 'openai' }, 'OPENAI_API_URL', 'https://api.openai.com/v1'],
  [{ ASSISTANT: ' openai ', OPENAI_API_URL: '' }, 'OPENAI_API_URL', 'https://api.openai.com/v1'],
  [
    { ASSISTANT: 'openai', OPENAI_API_URL: 'http://localhost:1234/v1' },
    'OPENAI_API_URL',
    'http://localhost:1234/v1',
  ],
])('the calls of an app with %o go through the simulator', (own, name, assistantUrl) => {
  expect(throughSimulator(own, SIMULATOR)).toEqual({
    environment: { ...own, [name]: ROUTE },
    assistantUrl,
  });
});
