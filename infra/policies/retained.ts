import { isSharedStack } from '../names.ts';
import type { Rule } from './rule.ts';

const HOLDS_DATA = [
  'aws:dynamodb/table:Table',
  'aws:kms/key:Key',
  'aws:sqs/queue:Queue',
  'awsx:ecr:Repository',
];

/** The account's own data counts as production's: the environments depend on it. */
const holdsProductionData = (stack: string) => stack === 'production' || isSharedStack(stack);

export const retained: Rule = {
  name: 'data-is-protected',
  description: 'Resources with production data can be neither deleted nor replaced by mistake.',
  check: ({ type, stack, protect, inputs }) => {
    if (!HOLDS_DATA.includes(type) || !holdsProductionData(stack)) return [];
    return [
      ...(protect ? [] : ['is not protected']),
      ...(type === 'aws:dynamodb/table:Table' && inputs.deletionProtectionEnabled !== true
        ? ['can be deleted in the console']
        : []),
    ];
  },
};

const TAGS = ['project', 'environment', 'managed-by'];

export const tagged: Rule = {
  name: 'everything-is-tagged',
  description: 'The bill can be split by project and environment.',
  check: ({ tags }) =>
    tags === undefined ? [] : TAGS.filter((tag) => !(tag in tags)).map((tag) => `has no tag ${tag}`),
};
