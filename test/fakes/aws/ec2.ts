/** VPCs, subnets, route tables and security groups in EC2's query protocol. */

export interface FakeSubnet {
  readonly vpc: string;
  readonly zone: string;
  /** The target of 0.0.0.0/0 in its own route table, `none` for no such route; absent: the main route table applies. */
  readonly gateway?: string;
}

export class FakeEc2 {
  defaultVpc: string | undefined = 'vpc-default';
  /** The target of 0.0.0.0/0 in the main route table of every VPC. */
  mainGateway = 'igw-1';
  readonly subnets = new Map<string, FakeSubnet>([
    ['subnet-00000001', { vpc: 'vpc-default', zone: 'us-west-2a' }],
    ['subnet-00000002', { vpc: 'vpc-default', zone: 'us-west-2b' }],
  ]);
  /** The VPC of each security group. */
  readonly groups = new Map<string, string>();

  /** Undefined for a call that is not EC2's. */
  answer(query: URLSearchParams): { status: number; body: string } | undefined {
    switch (query.get('Action')) {
      case 'DescribeVpcs':
        return xml('vpcSet', this.defaultVpc === undefined ? [] : [{ vpcId: this.defaultVpc }]);
      case 'DescribeSubnets':
        return this.#subnets(listed(query, 'SubnetId'), query.get('Filter.1.Value.1'));
      case 'DescribeRouteTables':
        return xml('routeTableSet', [
          table({ main: true }, this.mainGateway),
          ...[...this.subnets].flatMap(([subnetId, { gateway }]) =>
            gateway === undefined ? [] : [table({ subnetId }, gateway)],
          ),
        ]);
      case 'DescribeSecurityGroups':
        return this.#groups(listed(query, 'GroupId'));
      default:
        return undefined;
    }
  }

  #subnets(ids: readonly string[], ofVpc: string | null) {
    const absent = ids.find((id) => !this.subnets.has(id));
    if (absent !== undefined)
      return refusal('InvalidSubnetID.NotFound', `The subnet ID '${absent}' does not exist`);
    const found = [...this.subnets].filter(([id, { vpc }]) =>
      ofVpc === null ? ids.includes(id) : vpc === ofVpc,
    );
    return xml(
      'subnetSet',
      found.map(([subnetId, { vpc, zone }]) => ({ subnetId, vpcId: vpc, availabilityZone: zone })),
    );
  }

  #groups(ids: readonly string[]) {
    const absent = ids.find((id) => !this.groups.has(id));
    if (absent !== undefined)
      return refusal('InvalidGroup.NotFound', `The security group '${absent}' does not exist`);
    return xml(
      'securityGroupInfo',
      ids.map((groupId) => ({ groupId, vpcId: this.groups.get(groupId) ?? '' })),
    );
  }
}

type Item = { readonly [name: string]: string | boolean | readonly Item[] };

function table(association: Item, gatewayId: string): Item {
  return {
    associationSet: [association],
    routeSet: [
      { destinationCidrBlock: '10.0.0.0/16', gatewayId: 'local' },
      ...(gatewayId === 'none' ? [] : [{ destinationCidrBlock: '0.0.0.0/0', ...target(gatewayId) }]),
    ],
  };
}

/** EC2 has a separate field for a NAT gateway. */
function target(gatewayId: string): Item {
  return gatewayId.startsWith('nat-') ? { natGatewayId: gatewayId } : { gatewayId };
}

function listed(query: URLSearchParams, name: string): string[] {
  return [...query].filter(([key]) => key.startsWith(`${name}.`)).map(([, value]) => value);
}

function xml(set: string, items: readonly Item[]) {
  return { status: 200, body: `<Response><${set}>${items.map(element).join('')}</${set}></Response>` };
}

function element(item: Item): string {
  const members = Object.entries(item).map(([name, value]) => {
    const inner = Array.isArray(value) ? value.map(element).join('') : String(value);
    return `<${name}>${inner}</${name}>`;
  });
  return `<item>${members.join('')}</item>`;
}

function refusal(code: string, message: string) {
  const body = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`;
  return { status: 400, body };
}
