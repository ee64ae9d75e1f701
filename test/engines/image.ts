/** The Dockerfile's image, built and run with buildah, on the real base images or on stand-ins that are on this machine. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
/** A separate name for each run, so that concurrent or killed runs do not conflict. */
const NAME = `localhost/ansari-whatsapp-test-${process.pid}`;
const run = promisify(execFile);
const environment = { STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot', ...process.env };

/** The `FROM` names of the Dockerfile: the build image and the runtime image. */
export function baseImages(): readonly [building: string, running: string] {
  const file = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const [building, running] = [...file.matchAll(/^FROM (\S+)/gm)].map(([, name = '']) => name);
  if (building === undefined || running === undefined)
    throw new Error('the Dockerfile has fewer than two stages');
  return [building, running];
}

async function buildah(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('buildah', args, { cwd: ROOT, env: environment, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Resolves to the pinned name or else the tag of an image that is on this machine or can be pulled. */
export async function findImage(pinned: string): Promise<string | undefined> {
  const tagged = pinned.replace(/@sha256:.*/, '');
  for (const name of [pinned, tagged]) {
    const here = await buildah('inspect', '--type', 'image', name).then(
      () => true,
      () => false,
    );
    if (here) return name;
  }
  return buildah('pull', '--quiet', pinned).then(
    () => pinned,
    () => undefined,
  );
}

/**
 * A replacement when the runtime image cannot be pulled: Node of the build image and its libraries, at the same path, and
 * nothing
 * else.
 */
export async function bareNode(building: string, folder: string): Promise<string> {
  const file = join(folder, 'Dockerfile');
  mkdirSync(join(folder, 'empty'));
  writeFileSync(
    file,
    [
      `FROM ${building} AS whole`,
      'RUN mkdir -p /bare/nodejs/bin && cp /usr/local/bin/node /bare/nodejs/bin/ \\',
      " && ldd /usr/local/bin/node | grep -o '/[^ ]*' \\",
      ' | while read -r library; do install -D "$library" "/bare$library"; done',
      'FROM scratch',
      'COPY --from=whole /bare /',
      'USER 65532',
    ].join('\n'),
  );
  const name = `${NAME}-base`;
  await buildah('build', '--pull-never', '--quiet', '--tag', name, '--file', file, join(folder, 'empty'));
  return name;
}

/** Builds the unchanged Dockerfile on these base images. Resolves to the name of the image. */
export async function buildImage(bases: readonly string[]): Promise<string> {
  const instead = baseImages().flatMap((pinned, index) =>
    bases[index] === pinned ? [] : ['--build-context', `${pinned}=docker-image://${bases[index]}`],
  );
  await buildah(
    'build',
    '--pull-never',
    '--quiet',
    ...instead,
    '--build-arg',
    'REVISION=abc',
    '--tag',
    NAME,
    '.',
  );
  return NAME;
}

/** Removes the images that this run built, and keeps the base images. */
export async function removeBuilt(): Promise<void> {
  const listed = await buildah('images', '--quiet', '--filter', `reference=${NAME}*`);
  if (listed !== '') await buildah('rmi', '--force', ...listed.split('\n'));
}

const inspected = z.object({
  Manifest: z.string(),
  OCIv1: z.object({
    config: z.object({
      User: z.string(),
      ExposedPorts: z.record(z.string(), z.unknown()).default({}),
      Entrypoint: z.array(z.string()).default([]),
      Cmd: z.array(z.string()).default([]),
      Env: z.array(z.string()).default([]),
      Labels: z.record(z.string(), z.string()).default({}),
    }),
    history: z.array(z.object({ created_by: z.string().default('') })),
  }),
});
const manifest = z.object({ layers: z.array(z.object({ size: z.number() })) });

export async function inspect(image: string) {
  const found = inspected.safeParse(JSON.parse(await buildah('inspect', '--type', 'image', image)));
  if (!found.success) {
    const reason = z.prettifyError(found.error);
    throw new Error(
      `the image ${image} lacks a part of its configuration: is a stand-in of a base image complete (docs/testing.md)? ${reason}`,
    );
  }
  const { Manifest, OCIv1 } = found.data;
  return { ...OCIv1, layers: manifest.parse(JSON.parse(Manifest)).layers };
}

/** Mounts the files of a container; `remove` deletes it. */
export async function mounted(image: string) {
  const container = await buildah('from', '--pull-never', image);
  const folder = await buildah('mount', container);
  return { folder, remove: () => buildah('rm', container) };
}

/**
 * Runs the command of the image on its files with its own process namespace, user and environment: the program is process 1.
 * `pid` is its id on this machine.
 */
export async function runAsFirstProcess(
  folder: string,
  config: Awaited<ReturnType<typeof inspect>>['config'],
  variables: Readonly<Record<string, string>>,
) {
  const started = performance.now();
  const child = spawn(
    'unshare',
    ['--fork', '--pid', '--mount-proc', '--kill-child', 'chroot', `--userspec=${config.User}`, folder]
      .concat(config.Entrypoint)
      .concat(config.Cmd),
    {
      env: { ...Object.fromEntries(config.Env.map(split)), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  const ended = once(child, 'close').then(([code]) => ({ code, output }));
  const port = await new Promise<string>((listening, failed) => {
    child.stdout.on('data', () => {
      const port = /"event":"listening","url":"http:\/\/[^"]*:(\d+)"/.exec(output)?.[1];
      if (port !== undefined) listening(port);
    });
    void ended.then(({ code }) => failed(new Error(`ended with code ${code} before it listened: ${output}`)));
  });
  const pid = (await run('ps', ['-o', 'pid=', '--ppid', String(child.pid)])).stdout.trim();
  return { url: `http://127.0.0.1:${port}`, pid: Number(pid), readyMs: performance.now() - started, ended };
}

function split(entry: string): [string, string] {
  const equals = entry.indexOf('=');
  return [entry.slice(0, equals), entry.slice(equals + 1)];
}
