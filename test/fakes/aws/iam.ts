/** IAM's answers about OIDC providers, in its query protocol. */
export class FakeIam {
  /** By ARN. */
  readonly providers = new Map<string, { audiences: string[]; tags: Readonly<Record<string, string>> }>();

  answer(asked: URLSearchParams): string | undefined {
    const action = asked.get('Action') ?? '';
    const arn = asked.get('OpenIDConnectProviderArn') ?? '';
    switch (action) {
      case 'ListOpenIDConnectProviders': {
        const all = [...this.providers.keys()].map((found) => `<member><Arn>${found}</Arn></member>`);
        return xml(action, `<OpenIDConnectProviderList>${all.join('')}</OpenIDConnectProviderList>`);
      }
      case 'GetOpenIDConnectProvider': {
        const { audiences = [], tags = {} } = this.providers.get(arn) ?? {};
        const members = audiences.map((audience) => `<member>${audience}</member>`);
        const pairs = Object.entries(tags).map(
          ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
        );
        return xml(action, `<ClientIDList>${members.join('')}</ClientIDList><Tags>${pairs.join('')}</Tags>`);
      }
      case 'AddClientIDToOpenIDConnectProvider':
        this.providers.get(arn)?.audiences.push(asked.get('ClientID') ?? '');
        return xml(action, '');
      default:
        return undefined;
    }
  }
}

function xml(action: string, result: string): string {
  const namespace = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"';
  return `<${action}Response ${namespace}><${action}Result>${result}</${action}Result></${action}Response>`;
}
