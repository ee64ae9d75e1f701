import {
  AddClientIDToOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam';
import type { Print } from '../../../scripts/command.ts';
import { PROJECT, SHARED_STACK } from '../../names.ts';
import { setting } from './stacks.ts';
import type { Step } from './step.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

interface Provider {
  readonly arn: string;
  readonly audiences: readonly string[];
  /** Created by the stack `shared`, which would delete it if it were configured to use an existing one. */
  readonly isManagedByStack: boolean;
}

/**
 * An account has at most one OIDC provider for a URL, so the stack `shared` creates GitHub's only when there is none. The
 * steps configure the stack to use an existing one.
 */
export async function githubProvider(iam: IAMClient, print: Print, shared = SHARED_STACK): Promise<Step[]> {
  const provider = await find(iam);
  if (provider === undefined || provider.isManagedByStack) {
    const none = `none, pulumi up --stack ${shared} makes it`;
    print(`there   OIDC provider of GitHub: ${provider?.arn ?? none}`);
    return [];
  }
  return [audience(iam, provider), setting(shared, 'githubOidcProviderArn', async () => provider.arn)];
}

async function find(iam: IAMClient): Promise<Provider | undefined> {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const arn = OpenIDConnectProviderList.map(({ Arn }) => Arn).find((found) =>
    found?.endsWith(`:oidc-provider/${ISSUER}`),
  );
  if (arn === undefined) return undefined;
  const { ClientIDList = [], Tags = [] } = await iam.send(
    new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
  );
  const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  const isManagedByStack = tags.get('project') === PROJECT && tags.get('managed-by') === 'pulumi';
  return { arn, audiences: ClientIDList, isManagedByStack };
}

/** The audience of our workflows' tokens. Other audiences of the provider stay. */
function audience(iam: IAMClient, { arn, audiences }: Provider): Step {
  return {
    name: 'audience of the OIDC provider',
    find: async () => (audiences.includes(AUDIENCE) ? AUDIENCE : undefined),
    create: async () => {
      const input = { OpenIDConnectProviderArn: arn, ClientID: AUDIENCE };
      await iam.send(new AddClientIDToOpenIDConnectProviderCommand(input));
      return AUDIENCE;
    },
  };
}
