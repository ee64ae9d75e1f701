import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { webhooksFor } from '#app/compose/adapters.ts';
import { readConfig } from '#app/config.ts';
import { BODIES } from '#scripts/openapi/bodies.ts';
import { openApiFile } from '#scripts/openapi/document.ts';
import { start } from '../app/http/running-app.ts';
import { documented, fits, routes, schemasOf } from './openapi/page.ts';
import { ADMIN_TOKEN, asked, REQUESTS, TWILIO_TOKEN } from './openapi/requests.ts';

const [PATH, CONTENT] = openApiFile();

describe(PATH, () => {
  it('is current (npm run docs writes it)', () => {
    expect(readFileSync(PATH, 'utf8')).toBe(CONTENT);
  });

  it('is valid OpenAPI', async () => {
    expect(await new Validator().validate(parse(CONTENT))).toEqual({ valid: true });
  });

  it('would be refused when a response had no description', async () => {
    const broken = parse(CONTENT);
    delete broken.paths['/health'].get.responses['200'].description;
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  it('has only examples that fit their schemas', () => {
    const wrong = documented.flatMap(({ route, status, response }) =>
      Object.entries(response.content).flatMap(([type, { examples }]) =>
        Object.entries(examples)
          .filter(([, { value }]) => {
            const schemas = schemasOf(response, type);
            if (schemas.length === 0) return typeof value !== 'string';
            return schemas.filter((schema) => fits(schema, value)).length !== 1;
          })
          .map(([name]) => `${route} ${status} ${name}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a running service', () => {
  it('has exactly the documented routes', async () => {
    const config = readConfig({
      ...{ PUBLIC_URL: 'https://example.org', TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}` },
      ...{ TWILIO_AUTH_TOKEN: TWILIO_TOKEN, TWILIO_WHATSAPP_NUMBER: '+15550000001' },
    });
    const channels = webhooksFor(config, {
      find: async () => undefined,
      ready: async () => {},
      close: async () => {},
    });
    // Meta's is in every app of these tests.
    const otherChannels = channels.filter(({ paths }) => !paths.includes('/whatsapp/v2'));
    expect(otherChannels).toHaveLength(channels.length - 1);
    const app = await start({ otherChannels, adminToken: ADMIN_TOKEN });
    const actual = app.routes.map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    expect(actual.toSorted()).toEqual(routes.toSorted());
  });

  it('is asked for every documented status', () => {
    const statuses = documented.map(({ route, status }) => `${route} ${status}`);
    expect(Object.keys(REQUESTS).sort()).toEqual(statuses.sort());
  });

  it.each(documented)('responds as documented: $route $status', async ({ route, status, response }) => {
    const seen = new Set<string>();
    for (const ask of REQUESTS[`${route} ${status}`] ?? []) {
      const { response: actual } = await ask();
      const type = (actual.headers.get('content-type') ?? '').split(';')[0] ?? '';
      const text = await actual.text();
      expect([actual.status, Object.keys(response.content)]).toEqual([
        status,
        expect.arrayContaining([type]),
      ]);
      for (const name of Object.keys(response.headers)) expect(actual.headers.get(name)).not.toBeNull();
      expect(actual.headers.has('retry-after')).toBe('Retry-After' in response.headers);
      const schemas = schemasOf(response, type);
      if (schemas.length > 0) {
        const body = JSON.parse(text);
        expect(
          schemas.filter((schema) => fits(schema, body)),
          text,
        ).toHaveLength(1);
        const code = z.object({ error_code: z.string().optional() }).parse(body).error_code;
        const examples = Object.values(response.content[type]?.examples ?? {}).map(({ value }) => value);
        expect(examples).toContainEqual(
          code === undefined
            ? expect.not.objectContaining({ error_code: expect.anything() })
            : expect.objectContaining({ error_code: code }),
        );
      }
      seen.add(type);
    }
    expect([...seen].sort()).toEqual(Object.keys(response.content).sort());
  });

  it.each([
    ['GET', '/nothing', 404, 'NOT_FOUND'],
    ['PUT', '/health', 405, 'METHOD_NOT_ALLOWED'],
    ['PROPFIND', '/health', 501, 'METHOD_NOT_ALLOWED'],
  ])('responds to %s %s as the introduction says', async (method, path, status, code) => {
    const { response } = await asked({}, (url) => fetch(url + path, { method }));
    expect(response.status).toBe(status);
    const body: unknown = await response.json();
    expect(fits(BODIES.Failure, body)).toBe(true);
    expect(body).toMatchObject({ error_code: code });
  });
});
