/** The policy pack: `pulumi preview --policy-pack infra/policies/pack`. */
import { PolicyPack } from '@pulumi/policy';
import { POLICIES } from './policies.ts';

new PolicyPack('ansari-whatsapp', { policies: [...POLICIES] });
