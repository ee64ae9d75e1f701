/** A plan as text for a terminal. */

import { VARIABLES } from '../../variables.ts';
import { assumptionsOf } from './cost.ts';
import { propertiesOf, typeNameOf } from './describe.ts';
import type { RecordedResource } from './engine.ts';
import { principalsIn } from './grants.ts';
import { monthlyCost, type Plan } from './make.ts';
import { PRICES_REGION } from './prices.ts';
import { workersAsText } from './workers.ts';

export function planAsText(plan: Plan): string {
  return [
    title(plan),
    '',
    ...treeOf(plan),
    '',
    'Grants',
    ...grantsOf(plan),
    '',
    `Cost: about $${monthlyCost(plan).toFixed(2)} a month`,
    ...plan.cost.map(
      ({ what, usd, how }) => `  ${`$${usd.toFixed(2)}`.padStart(8)}  ${what.padEnd(28)} ${how}`,
    ),
    ...workersAsText(plan.stack, plan),
    '  assuming:',
    ...[...assumptionsOf(plan.stack, plan.messages), ...pricesElsewhere(plan)].map(
      (sentence) => `    · ${sentence}`,
    ),
    ...missingOf(plan),
    '',
  ].join('\n');
}

function title(plan: Plan): string {
  const count = plan.resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:')).length;
  return `${plan.stack} in ${plan.region}: ${count} resources, about $${monthlyCost(plan).toFixed(0)} a month`;
}

function pricesElsewhere({ region }: Plan): string[] {
  return region === PRICES_REGION ? [] : [`the prices are those of ${PRICES_REGION}; ${region} has its own`];
}

/** The tree without the stack itself and its provider. Names are padded to one column. */
export function treeOf(plan: Plan): string[] {
  const shown = plan.resources.filter(({ type }) => !type.startsWith('pulumi:'));
  const byParent = Map.groupBy(shown, ({ parent }) => parent);
  const root = plan.resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.urn ?? '';
  const lines: { head: string; kind: string; tail: string }[] = [];
  const below = (urn: string, indent: string) => {
    const children = byParent.get(urn) ?? [];
    for (const [index, child] of children.entries()) {
      const last = index === children.length - 1;
      const top = urn === root;
      lines.push({ head: `${indent}${top ? '' : last ? '└─ ' : '├─ '}${child.name}`, ...tailOf(child) });
      below(child.urn, top ? `${indent}` : `${indent}${last ? '   ' : '│  '}`);
      if (top && !last) lines.push({ head: '', kind: '', tail: '' });
    }
  };
  below(root, '');
  const width = Math.max(...lines.map(({ head }) => head.length));
  const kinds = Math.max(...lines.map(({ kind }) => kind.length));
  return lines.map(({ head, kind, tail }) =>
    `${head.padEnd(width)}  ${kind.padEnd(kinds)}  ${tail}`.trimEnd(),
  );
}

function tailOf(resource: RecordedResource): { kind: string; tail: string } {
  return resource.custom
    ? { kind: typeNameOf(resource), tail: propertiesOf(resource) }
    : { kind: '', tail: '' };
}

export function grantsOf(plan: Plan): string[] {
  return principalsIn(plan.resources, plan.stack).flatMap(({ name, may }) => [
    `  ${name} may`,
    ...may.map(({ what, on }) => `    ${what.padEnd(28)} ${on}`),
  ]);
}

export function costLines({ cost }: Plan): string[] {
  return cost.map(({ what, usd, how }) => `  ${`$${usd.toFixed(2)}`.padStart(8)}  ${what.padEnd(28)} ${how}`);
}

function missingOf({ missing, stack }: Plan): string[] {
  if (missing.length === 0) return [];
  return [
    '',
    'Missing, planned with placeholders; before pulumi up:',
    ...missing.map((name) => `  ${command(name, stack)}`),
  ];
}

function command(name: string, stack: string): string {
  const variable = VARIABLES.find((candidate) => candidate.name === name);
  if (variable === undefined) return `npm run build    # makes ${name}`;
  if (variable.secret) return `pulumi config set --secret ${name} --stack ${stack}`;
  return `pulumi config set --path environment.${name} <value> --stack ${stack}`;
}
