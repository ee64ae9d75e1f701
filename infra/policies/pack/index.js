// The policy pack: `pulumi preview --policy-pack infra/policies/pack`. This one file is JavaScript, since Pulumi gives
// TypeScript to its own compiler when it starts a pack; what it imports is stripped by Node.
import { PolicyPack } from '@pulumi/policy';
import { POLICIES } from './policies.ts';

new PolicyPack('ansari-whatsapp', { policies: [...POLICIES] });
