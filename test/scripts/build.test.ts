import { execFile } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/folder.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { runProgram } from '../fakes/program.ts';

const root = join(import.meta.dirname, '../..');
const built = temporaryFolder();
const certificates = temporaryFolder();
writeFileSync(join(certificates, 'authority.pem'), 'a certificate');
writeFileSync(join(certificates, 'README.md'), 'words');
const words = ['scripts/build.ts', '--into', built, '--certificates', certificates];
await promisify(execFile)(process.execPath, words, { cwd: root });

it('puts certificates beside both bundles, and nothing else of their folder', () => {
  for (const folder of ['server', 'worker'])
    expect(readdirSync(join(built, folder, 'certificates'))).toEqual(['authority.pem']);
});

it('builds a web service that signs with the credentials of its container, without node_modules', async () => {
  const credentials = await fakeServer((answer) => {
    answer.setHeader('content-type', 'application/json');
    answer.end(
      JSON.stringify({
        AccessKeyId: 'of-the-container',
        SecretAccessKey: 'secret',
        Token: 'token',
        Expiration: '2999-01-01T00:00:00Z',
      }),
    );
  });
  const aws = await fakeServer((answer) => {
    answer.statusCode = 400;
    answer.end('{"__type":"ResourceNotFoundException"}');
  });
  const web = runProgram(join(built, 'server/index.js'), {
    PORT: '0',
    STORE: 'dynamodb',
    QUEUE: 'sqs',
    CONVERSATIONS_TABLE: 'conversations',
    CONVERSATIONS_STAGE_TABLE: 'stage',
    CONVERSATIONS_TRIGGER_LOCK_TABLE: 'trigger-lock',
    WHATSAPP_QUEUE_URL: `${aws.url}/1/turns`,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-west-2',
    // What ECS and App Runner set for a task with a role.
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${credentials.url}/role`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of-the-task',
  });
  await web.printed('"event":"listening"');
  const url = /"event":"listening","url":"([^"]+)"/.exec(web.output())?.[1];
  const ready = await fetch(`${url}/ready`);
  expect(await ready.json()).toMatchObject({ ready: false, reason: expect.stringContaining('not found') });
  expect(credentials.seen[0]).toMatchObject({ url: '/role', headers: { authorization: 'of-the-task' } });
  expect(aws.seen[0]?.headers.authorization).toContain('Credential=of-the-container/');
  await Promise.all([credentials.close(), aws.close()]);
});

it('builds a worker whose code is under 3 MB, since Lambda reads it at every cold start', () => {
  const code = readdirSync(join(built, 'worker'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => statSync(join(built, 'worker', file)).size);
  expect(code.length).toBeGreaterThan(0);
  expect(code.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
});
