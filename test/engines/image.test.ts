import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import got from 'got';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/folder.ts';
import {
  bareNode,
  baseImages,
  buildImage,
  findImage,
  inspect,
  mounted,
  removeBuilt,
  runAsFirstProcess,
} from './image.ts';
import { canRun } from './needs.ts';

/** The required settings; no server is called. */
const SETTINGS = {
  META_APP_SECRET: 'app-secret-of-an-engine-test',
  META_WEBHOOK_VERIFY_TOKEN: 'verify-token-of-an-engine-test',
  META_ACCESS_TOKEN_FROM_SYS_USER: 'access-token-of-an-engine-test',
  META_BUSINESS_PHONE_NUMBER_ID: '100000000000001',
  ASSISTANT: 'echo',
  PORT: '0',
};
const MAX_LAYERS_SIZE = 10 * 1024 * 1024;
const MAX_START_MS = 1000;

const hasBuildah = spawnSync('buildah', ['--version']).status === 0;
const [pinnedBuilding, pinnedRunning] = baseImages();
const building = hasBuildah ? await findImage(pinnedBuilding) : undefined;
const can = canRun('image', [
  ...(hasBuildah ? [] : ['no buildah on PATH']),
  ...(process.getuid?.() === 0 ? [] : ['not root']),
  ...(hasBuildah && building === undefined ? [`${pinnedBuilding} is not here and cannot be pulled`] : []),
]);

describe.skipIf(!can)('the image', () => {
  let image: Awaited<ReturnType<typeof inspect>>;
  let files: Awaited<ReturnType<typeof mounted>>;
  let baseLayers = 0;

  beforeAll(async () => {
    if (building === undefined) return;
    const running = (await findImage(pinnedRunning)) ?? (await bareNode(building, temporaryFolder()));
    baseLayers = (await inspect(running)).layers.length;
    const name = await buildImage([building, running]);
    image = await inspect(name);
    files = await mounted(name);
  }, 400_000);
  afterAll(async () => {
    await files?.remove();
    await removeBuilt();
  });

  it('starts Node directly, as an unprivileged user, on port 8001', () => {
    const { User, ExposedPorts, Entrypoint, Cmd, Labels } = image.config;
    expect(User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(Object.keys(ExposedPorts)).toEqual(['8001/tcp']);
    expect([...Entrypoint, ...Cmd]).toEqual(['/nodejs/bin/node', '--enable-source-maps', '/app/index.js']);
    expect(Labels['org.opencontainers.image.revision']).toBe('abc');
  });

  it('adds at most 10 MB to its base', () => {
    const own = image.layers.slice(baseLayers).reduce((sum, { size }) => sum + size, 0);
    console.log(`the image's own layers: ${(own / 1024 / 1024).toFixed(1)} MB`);
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThanOrEqual(MAX_LAYERS_SIZE);
  });

  it('contains the bundle, and neither sources, packages, configuration nor secrets', () => {
    const app = readdirSync(join(files.folder, 'app'), { recursive: true }).map(String);
    expect(app).toEqual(expect.arrayContaining(['index.js', 'sqlite-thread.js', 'package.json']));
    expect(app.filter((file) => !/\.(js|js\.map|js\.LEGAL\.txt)$|^package\.json$/.test(file))).toEqual([]);
    const everything = readdirSync(join(files.folder, 'app'), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of everything) {
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain('"sourcesContent"');
    }
    expect(readdirSync(files.folder)).not.toContain('build');
    expect(readdirSync(join(files.folder, 'data'))).toEqual([]);
    const metadata = JSON.stringify([image.config.Env, image.history]);
    expect(metadata).not.toMatch(/token|secret|password|api_key/i);
  });

  it('does not allow the program to modify itself', () => {
    const [uid] = image.config.User.split(':').map(Number);
    for (const file of ['app', 'app/index.js']) {
      const { uid: owner, mode } = statSync(join(files.folder, file));
      expect(owner).not.toBe(uid);
      expect(mode & 0o022).toBe(0);
    }
    expect(statSync(join(files.folder, 'data')).uid).toBe(uid);
  });

  it('listens within a second of its start', async () => {
    let fastest = Number.POSITIVE_INFINITY;
    // A busy machine can be slow once, but not every time.
    for (let start = 0; start < 5 && fastest > MAX_START_MS; start++) {
      const app = await runAsFirstProcess(files.folder, image.config, { ...SETTINGS, STORE: 'memory' });
      fastest = Math.min(fastest, app.readyMs);
      process.kill(app.pid, 'SIGKILL');
      await app.ended;
    }
    expect(fastest).toBeLessThanOrEqual(MAX_START_MS);
  });

  it.each(['memory', 'sqlite'])(
    'responds as process 1 with STORE=%s, and exits with 0 on SIGTERM',
    async (STORE) => {
      const app = await runAsFirstProcess(files.folder, image.config, { ...SETTINGS, STORE });
      console.log(`listening ${Math.round(app.readyMs)} ms after the start (STORE=${STORE})`);
      expect(await got(app.url).json()).toMatchObject({ status: 'ok' });
      expect(await got(`${app.url}/ready`).json()).toMatchObject({ ready: true });
      const status = readFileSync(`/proc/${app.pid}/status`, 'utf8');
      expect(status).toMatch(/^NSpid:\s+\d+\s+1$/m);
      expect(status).toMatch(/^Uid:\s+65532\s+65532\s+65532\s+65532$/m);
      process.kill(app.pid, 'SIGTERM');
      expect((await app.ended).code).toBe(0);
    },
  );

  it('reports missing secrets and exits with 78', async () => {
    const missing = [
      'WHATSAPP_SERVICE_API_KEY',
      ...Object.keys(SETTINGS).filter((name) => name.startsWith('META_')),
    ];
    const ended = runAsFirstProcess(files.folder, image.config, {});
    for (const name of missing) await expect(ended).rejects.toThrow(`${name} is missing`);
    await expect(ended).rejects.toThrow('code 78');
  });

  it('runs with DEPLOYMENT_TYPE=local, on loopback or on HOST', async () => {
    const local = { DEPLOYMENT_TYPE: 'local', STORE: 'memory', PORT: '0' };
    for (const [variables, address] of [
      [local, '127.0.0.1'],
      [{ ...local, HOST: '0.0.0.0' }, '0.0.0.0'],
    ] as const) {
      const app = await runAsFirstProcess(files.folder, image.config, variables);
      process.kill(app.pid, 'SIGKILL');
      expect((await app.ended).output).toContain(`"address":"${address}:`);
    }
  });
});
