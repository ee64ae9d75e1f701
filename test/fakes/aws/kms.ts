import { type Call, Failure } from './failure.ts';

/** Keys by their aliases. */
export class FakeKms {
  readonly aliases = new Map<string, string>();
  readonly rotating = new Set<string>();
  /** The ids of keys that are pending deletion. */
  readonly goingAway = new Set<string>();
  #created = 0;

  answer({ action, input }: Call): unknown {
    switch (action) {
      case 'DescribeKey': {
        const id = this.aliases.get(String(input.KeyId));
        if (id === undefined) throw new Failure('NotFoundException', String(input.KeyId));
        const KeyState = this.goingAway.has(id) ? 'PendingDeletion' : 'Enabled';
        return { KeyMetadata: { KeyId: id, Arn: arnOf(id), KeyState } };
      }
      case 'CreateKey': {
        this.#created += 1;
        const id = `key-${this.#created}`;
        return { KeyMetadata: { KeyId: id, Arn: arnOf(id) } };
      }
      case 'EnableKeyRotation':
        this.rotating.add(String(input.KeyId));
        return {};
      case 'CreateAlias':
        this.aliases.set(String(input.AliasName), String(input.TargetKeyId));
        return {};
      default:
        throw new Failure('UnsupportedOperationException', action);
    }
  }
}

function arnOf(id: string): string {
  return `arn:aws:kms:us-west-2:123456789012:key/${id}`;
}
