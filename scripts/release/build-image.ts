import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { Plain, type Say } from '../command.ts';
import { ROOT } from '../plan/root.ts';
import { type Aws, accountId } from './aws.ts';
import { Registry, referenceIn } from './registry.ts';
import { type Source, sourceOfImage } from './source.ts';
import { hasTool, mustRun } from './tools.ts';

/**
 * Programs that build images, by preference, each with a question that it answers only when it can. Both take the same
 * words for what is needed here.
 */
export const BUILDERS = [
  // Fails when its daemon does not run.
  { name: 'docker', asks: 'version' },
  { name: 'buildah', asks: '--version' },
] as const;

/**
 * The digest reference of the image of this checkout: the one that was built from the same sources before, else it is
 * built and pushed now. Refuses sources that are not committed, since nobody could build that image again.
 */
export async function imageOfCheckout(aws: Aws, say: Say, root: string = ROOT): Promise<string> {
  const source = await sourceOfImage(root);
  if (source.changed.length > 0) {
    throw new Plain(`Commit first, or name an image with --image: ${source.changed.join(', ')} changed`);
  }
  const account = await accountId(aws);
  const host = `${account}.dkr.ecr.${aws.region}.amazonaws.com`;
  const registry = new Registry(aws);
  const built = await registry.digest(source.tag);
  if (built !== undefined) {
    say(`the image of these sources is there already: ${source.tag}`);
    return referenceIn(aws, account, built);
  }
  await buildAndPush(aws, host, { source, root }, say);
  const digest = await registry.digest(source.tag);
  if (digest === undefined) throw new Plain(`${source.tag} was pushed, but the registry does not have it`);
  return referenceIn(aws, account, digest);
}

async function buildAndPush(
  aws: Aws,
  host: string,
  { source, root }: { readonly source: Source; readonly root: string },
  say: Say,
): Promise<void> {
  const builder = await findBuilder();
  const names = [source.tag, `commit-${source.commit}`].map((tag) => `${host}/${aws.repositoryName}:${tag}`);
  say(`building ${source.tag} with ${builder}`);
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
    // One manifest and no index around it: Lambda takes no index, and the digest is the image's own.
    { cwd: root, show: true, env: { BUILDX_NO_DEFAULT_ATTESTATIONS: '1' } },
  );
  const password = await passwordOf(aws);
  await mustRun(builder, ['login', '--username=AWS', '--password-stdin', host], { input: password });
  for (const name of names) await mustRun(builder, ['push', name], { show: true });
}

async function findBuilder(): Promise<string> {
  for (const { name, asks } of BUILDERS) if (await hasTool(name, asks)) return name;
  const names = BUILDERS.map(({ name }) => name).join(' or ');
  throw new Plain(`Building an image needs ${names}; or name one that is there with --image`);
}

async function passwordOf(aws: Pick<Aws, 'ecr'>): Promise<string> {
  const { authorizationData = [] } = await aws.ecr.send(new GetAuthorizationTokenCommand({}));
  const [, password] = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64')
    .toString()
    .split(':', 2);
  if (password === undefined) throw new Plain('ECR gave no password for pushing');
  return password;
}
