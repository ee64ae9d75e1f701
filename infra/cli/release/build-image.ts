import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { CommandError, type Print } from '../../../scripts/command.ts';
import { ROOT } from '../plan/root.ts';
import { type Aws, accountId } from './aws.ts';
import { Registry, referenceIn } from './registry.ts';
import { type Source, sourceOfImage } from './source.ts';
import { hasTool, mustRun } from './tools.ts';

/**
 * Programs that build images, by preference, each with an argument that succeeds only when it can build. Both take the
 * same arguments for what is needed here.
 */
export const BUILDERS = [
  // Fails when its daemon does not run.
  { name: 'docker', versionArgument: 'version' },
  { name: 'buildah', versionArgument: '--version' },
] as const;

export interface BuildImageOptions {
  readonly aws: Aws;
  /**
   * Resolves to true when the image with the tag of these sources was built from them. The tag alone proves nothing: any
   * role that pushes images can write it.
   */
  readonly isTrusted: (reference: string) => Promise<boolean>;
  readonly print: Print;
  readonly now: () => Date;
  readonly root?: string;
}

/**
 * Resolves to the digest reference of the image of this checkout: the one that was built from the same sources before, else
 * a new one, built and pushed. Throws `CommandError` for uncommitted sources, since that image could not be rebuilt.
 */
export async function imageOfCheckout({
  aws,
  isTrusted,
  print,
  now,
  root = ROOT,
}: BuildImageOptions): Promise<string> {
  const source = await sourceOfImage(root);
  if (source.changed.length > 0) {
    throw new CommandError(
      `Commit first, or name an image with --image: ${source.changed.join(', ')} changed`,
    );
  }
  const account = await accountId(aws);
  const registry = new Registry(aws);
  const found = await registry.digest(source.tag);
  if (found !== undefined) {
    const reference = referenceIn(aws, account, found);
    if (await isTrusted(reference)) {
      print(`the image of these sources exists already: ${source.tag}`);
      return reference;
    }
    print(`${source.tag} exists without an attestation: it is built again`);
  }
  // A tag of its own: builds are not reproducible to the byte, and tags other than the environments' are immutable.
  const uniqueTag = `commit-${source.commit}-${now().toISOString().replace(/\D/g, '')}`;
  const host = `${account}.dkr.ecr.${aws.region}.amazonaws.com`;
  await buildAndPush(aws, host, { source, uniqueTag, isNew: found === undefined, root }, print);
  const digest = await registry.digest(uniqueTag);
  if (digest === undefined)
    throw new CommandError(`${uniqueTag} was pushed, but the registry does not have it`);
  return referenceIn(aws, account, digest);
}

interface Build {
  readonly source: Source;
  /** The tag that only this build has. */
  readonly uniqueTag: string;
  /** No image has the tag of the sources yet. */
  readonly isNew: boolean;
  readonly root: string;
}

async function buildAndPush(
  aws: Aws,
  host: string,
  { source, uniqueTag, isNew, root }: Build,
  print: Print,
): Promise<void> {
  const builder = await findBuilder();
  const nameOf = (tag: string) => `${host}/${aws.repositoryName}:${tag}`;
  const names = [uniqueTag, ...(isNew ? [source.tag] : [])].map(nameOf);
  print(`building ${source.tag} with ${builder}`);
  await mustRun(
    builder,
    [
      'build',
      // App Runner runs nothing else.
      '--platform=linux/amd64',
      `--build-arg=REVISION=${source.commit}`,
      ...names.map((name) => `--tag=${name}`),
      '.',
    ],
    // A manifest without an image index: Lambda does not support an index, and the digest is the image's own.
    { cwd: root, show: true, env: { BUILDX_NO_DEFAULT_ATTESTATIONS: '1' } },
  );
  const password = await passwordOf(aws);
  await mustRun(builder, ['login', '--username=AWS', '--password-stdin', host], { input: password });
  for (const name of names) await mustRun(builder, ['push', name], { show: true });
}

async function findBuilder(): Promise<string> {
  for (const { name, versionArgument } of BUILDERS) if (await hasTool(name, versionArgument)) return name;
  const names = BUILDERS.map(({ name }) => name).join(' or ');
  throw new CommandError(`Building an image needs ${names}; or name an existing one with --image`);
}

async function passwordOf(aws: Pick<Aws, 'ecr'>): Promise<string> {
  const { authorizationData = [] } = await aws.ecr.send(new GetAuthorizationTokenCommand({}));
  const [, password] = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64')
    .toString()
    .split(':', 2);
  if (password === undefined) throw new CommandError('ECR returned no password for pushing');
  return password;
}
