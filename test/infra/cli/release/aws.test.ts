import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { TIMEOUTS } from '#infra/cli/release/aws.ts';
import { messageOf } from '#scripts/command.ts';
import { fakeServer } from '../../../fakes/http-server.ts';

const access = {
  region: 'us-west-2',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
};

it('fails with one sentence when an endpoint never responds', async () => {
  const silent = await fakeServer(() => undefined);
  const requestHandler = { ...TIMEOUTS, requestTimeout: 50 };
  const sts = new STSClient({ ...access, endpoint: silent.url, requestHandler });
  const error = await sts.send(new GetCallerIdentityCommand({})).catch((failure: unknown) => failure);
  expect(messageOf(error)).toBe('Cannot connect (no response in time): check the network.');
  sts.destroy();
  await silent.close();
});

it('fails with one sentence when a page responds instead of AWS', async () => {
  const portal = await fakeServer((response) => response.writeHead(404).end('<!doctype html>'));
  const sts = new STSClient({ ...access, endpoint: portal.url, requestHandler: TIMEOUTS });
  const error = await sts.send(new GetCallerIdentityCommand({})).catch((failure: unknown) => failure);
  expect(messageOf(error)).toMatch(/^The response is not from AWS \(HTTP 404\)/);
  sts.destroy();
  await portal.close();
});
