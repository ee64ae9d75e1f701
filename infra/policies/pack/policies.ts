import type { ResourceValidationArgs, ResourceValidationPolicy } from '@pulumi/policy';
import { isRecord } from '../is-record.ts';
import type { CheckedResource, Rule } from '../rule.ts';
import { RULES } from '../rules.ts';

/** The rules as policies of Pulumi, which validate each resource before it is created or changed. */
export const POLICIES: readonly ResourceValidationPolicy[] = RULES.map((rule) => ({
  name: rule.name,
  description: rule.description,
  enforcementLevel: 'mandatory',
  validateResource: (args, report) => {
    for (const wrong of violations(rule, args)) report(wrong);
  },
}));

function violations(rule: Rule, args: ResourceValidationArgs): readonly string[] {
  return rule.check(checkedResource(args)).map((wrong) => `${args.name} ${wrong}. ${rule.description}`);
}

function checkedResource({ type, name, urn, props, opts }: ResourceValidationArgs): CheckedResource {
  const inputs: CheckedResource['inputs'] = isRecord(props) ? props : {};
  return {
    type,
    name,
    // urn:pulumi:<stack>::<project>::…
    stack: urn.split(':')[2] ?? '',
    inputs,
    ...(isRecord(inputs.tagsAll) ? { tags: inputs.tagsAll } : {}),
    protect: opts.protect,
  };
}
