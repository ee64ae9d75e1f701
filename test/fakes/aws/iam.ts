/** IAM with OIDC providers and service-linked roles, in its query protocol. */
export class FakeIam {
  /** By ARN. */
  readonly providers = new Map<string, { audiences: string[]; tags: Readonly<Record<string, string>> }>();

  /** Names of service-linked roles, by their service. */
  readonly linkedRoles = new Map<string, string>();

  answer(query: URLSearchParams): Answer | undefined {
    const action = query.get('Action') ?? '';
    const arn = query.get('OpenIDConnectProviderArn') ?? '';
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
        this.providers.get(arn)?.audiences.push(query.get('ClientID') ?? '');
        return xml(action, '');
      case 'GetRole': {
        const name = query.get('RoleName') ?? '';
        if ([...this.linkedRoles.values()].includes(name)) return xml(action, roleOf(name));
        return refusal(404, 'NoSuchEntity', `The role with name ${name} cannot be found.`);
      }
      case 'CreateServiceLinkedRole': {
        const service = query.get('AWSServiceName') ?? '';
        const name = LINKED[service] ?? 'unknown';
        if (this.linkedRoles.has(service))
          return refusal(400, 'InvalidInput', `Service role name ${name} has been taken in this account.`);
        this.linkedRoles.set(service, name);
        return xml(action, roleOf(name));
      }
      default:
        return undefined;
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** As AWS names them. */
const LINKED: Readonly<Record<string, string>> = {
  'ecs.amazonaws.com': 'AWSServiceRoleForECS',
  'elasticloadbalancing.amazonaws.com': 'AWSServiceRoleForElasticLoadBalancing',
  'ecs.application-autoscaling.amazonaws.com': 'AWSServiceRoleForApplicationAutoScaling_ECSService',
};

function roleOf(name: string): string {
  return `<Role><RoleName>${name}</RoleName></Role>`;
}

function refusal(status: number, code: string, message: string): Answer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}</ErrorResponse>` };
}

function xml(action: string, result: string): Answer {
  const namespace = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"';
  const inner = `<${action}Result>${result}</${action}Result>`;
  return { status: 200, body: `<${action}Response ${namespace}>${inner}</${action}Response>` };
}
