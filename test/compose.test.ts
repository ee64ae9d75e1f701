import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { readConfig, VARIABLES } from '#app/config.ts';
import { startApp } from './fakes/running-app.ts';

const textOf = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
const dockerfile = textOf('Dockerfile');

const hardened = {
  volumes: z.array(z.string()),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  restart: z.literal('unless-stopped'),
};
/** Strict: a misspelt key would be ignored here and rejected by Docker. */
const { services, volumes } = z
  .strictObject({
    name: z.literal('ansari-whatsapp'),
    services: z.strictObject({
      app: z.strictObject({
        ...hardened,
        build: z.literal('.'),
        image: z.string(),
        env_file: z.literal('.env'),
        environment: z.record(z.string(), z.string()),
        tmpfs: z.tuple([z.literal('/tmp')]),
        healthcheck: z.strictObject({
          test: z.tuple([z.literal('CMD'), z.string(), z.literal('--eval'), z.string()]),
          interval: z.string(),
          timeout: z.string(),
          start_period: z.string(),
        }),
        stop_grace_period: z.string(),
      }),
      proxy: z.strictObject({
        ...hardened,
        image: z.string(),
        command: z.array(z.string()),
        ports: z.array(z.string()),
        cap_add: z.tuple([z.literal('NET_BIND_SERVICE')]),
        depends_on: z.strictObject({ app: z.strictObject({ condition: z.literal('service_healthy') }) }),
      }),
    }),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(textOf('compose.yaml')));
const { app, proxy } = services;

describe('compose.yaml', () => {
  it('keeps the database in a volume where the image has a folder of its user', () => {
    const folder = dirname(app.environment.SQLITE_PATH ?? '');
    expect(app.volumes).toEqual([`data:${folder}`]);
    expect(dockerfile).toMatch(new RegExp(`^COPY --from=build --chown=65532:65532 \\S+ ${folder}$`, 'm'));
    expect(dockerfile).toMatch(/^USER 65532:65532$/m);
  });

  it('declares each volume that it mounts', () => {
    const mounted = [...app.volumes, ...proxy.volumes].map((volume) => volume.split(':')[0]);
    expect(Object.keys(volumes).sort()).toEqual(mounted.sort());
  });

  it('starts in production, whatever .env says of another start', () => {
    const secret = (letter: string) => `${letter}0123456789abcdef-${letter}`;
    const env = {
      ...{
        DEPLOYMENT_TYPE: 'local',
        PORT: '9000',
        HOST: '127.0.0.1',
        SQLITE_PATH: 'data/other.db',
        QUEUE: 'sqs',
      },
      ...{ META_APP_SECRET: secret('a'), META_WEBHOOK_VERIFY_TOKEN: secret('b') },
      ...{ META_ACCESS_TOKEN_FROM_SYS_USER: secret('c'), META_BUSINESS_PHONE_NUMBER_ID: '100000000000001' },
      ...{ BACKEND_SERVER_URL: 'https://api.example.org', WHATSAPP_SERVICE_API_KEY: secret('d') },
      ...app.environment,
    };
    expect(readConfig(env)).toMatchObject({ port: 8001, host: '0.0.0.0', warnings: [] });
    expect(() => readConfig({ ...env, META_APP_SECRET: 'development-app-secret' })).toThrow();
  });

  it('publishes the proxy only, which forwards to the port of the service', () => {
    const port = app.environment.PORT;
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
    expect(proxy.command.slice(0, 3)).toEqual(['caddy', 'reverse-proxy', '--from']);
    expect(proxy.command.slice(-2)).toEqual(['--to', `app:${port}`]);
    expect(proxy.ports).toEqual(['80:80', '443:443', '443:443/udp']);
    const [, variable] = /^\$\{(\w+):\?/.exec(proxy.command[3] ?? '') ?? [];
    expect(VARIABLES.map(({ name }) => name)).toContain(variable);
  });

  it('has a health check that the image can run, and that fails when the service does not respond', async () => {
    const [, node, , script] = app.healthcheck.test;
    expect(dockerfile).toContain(`ENTRYPOINT ["${node}"]`);
    expect(script).toContain(`http://127.0.0.1:${app.environment.PORT}/`);
    const service = await startApp();
    const check = async () => {
      const own = script.replace(`http://127.0.0.1:${app.environment.PORT}`, service.url);
      return (await once(spawn(process.execPath, ['--eval', own], { stdio: 'ignore' }), 'exit'))[0];
    };
    expect(await check()).toBe(0);
    await service.close();
    expect(await check()).toBe(1);
  });
});

describe('.devcontainer/devcontainer.json', () => {
  it('has the Node of the image, and the ports of npm run dev', () => {
    const container = z
      .object({ image: z.string(), postCreateCommand: z.string(), forwardPorts: z.array(z.number()) })
      .parse(JSON.parse(textOf('.devcontainer/devcontainer.json')));
    // Its major version only: a newer base image must not need a change here.
    const [, name, major, variant] =
      /^FROM (\S+):(\d+)\.[\d.]+-([\w-]+)@\S+ AS build$/m.exec(dockerfile) ?? [];
    expect(container.image).toBe(`${name}:${major}-${variant}`);
    expect(container.postCreateCommand).toBe('npm ci');
    expect(container.forwardPorts).toEqual([8000, 8001, 8002]);
  });
});

describe.each(['bug', 'question'])('.github/ISSUE_TEMPLATE/%s.yml', (name) => {
  const item = z.object({ type: z.string(), id: z.string().optional() });
  const form = z.object({ name: z.string(), description: z.string(), body: z.array(item) });

  it('is a form that asks for the version', () => {
    const { body } = form.parse(parse(textOf(`.github/ISSUE_TEMPLATE/${name}.yml`)));
    expect(body.map(({ id }) => id)).toContain('version');
    // GitHub rejects a form in which an id is used twice, or missing outside of text.
    const ids = body.filter(({ type }) => type !== 'markdown').map(({ id }) => id);
    expect(ids.every((id) => id !== undefined) && new Set(ids).size === ids.length).toBe(true);
  });
});
