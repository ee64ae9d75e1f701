/** The differences between two plans. */
import type { PlanJson } from './json.ts';
import { isRecord } from './values.ts';

type Resource = PlanJson['resources'][number];

const MAX_VALUE_CHARACTERS = 120;

/**
 * The difference as text, one resource after the other, in the form of a unified diff: `+` and `-` begin the lines of what
 * is added and removed, a resource that is only changed begins with `!`.
 */
export function differenceAsText(before: PlanJson, after: PlanJson): string {
  const was = byKey(before);
  const is = byKey(after);
  const added = [...is.keys()].filter((key) => !was.has(key));
  const removed = [...was.keys()].filter((key) => !is.has(key));
  const changed = [...is].flatMap(([key, resource]) => {
    const earlier = was.get(key);
    const lines = earlier === undefined ? [] : changesOf(earlier, resource);
    return lines.length === 0 ? [] : [[`! ${key}`, ...lines]];
  });
  const missing = after.missing.filter((name) => !before.missing.includes(name));
  return [
    `${added.length} added, ${removed.length} removed, ${changed.length} changed; ${costs(before, after)}`,
    ...added.map((key) => `+ ${key}`),
    ...removed.map((key) => `- ${key}`),
    ...changed.flat(),
    ...(missing.length === 0 ? [] : [`has to be set now: ${missing.join(', ')}`]),
  ].join('\n');
}

function byKey({ resources }: PlanJson): Map<string, Resource> {
  return new Map(resources.map((resource) => [`${resource.type} ${resource.name}`, resource]));
}

function costs(before: PlanJson, after: PlanJson): string {
  const [was, is] = [before, after].map(({ monthlyCostUsd }) => monthlyCostUsd.toFixed(2));
  return was === is ? `${is} USD a month as before` : `${was} -> ${is} USD a month`;
}

function changesOf(before: Resource, after: Resource): string[] {
  const was = leavesOf({ parent: before.parent, ...before.inputs });
  const is = leavesOf({ parent: after.parent, ...after.inputs });
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === now) return [];
    return [
      ...(old === undefined ? [] : [`-   ${path}: ${short(old)}`]),
      ...(now === undefined ? [] : [`+   ${path}: ${short(now)}`]),
    ];
  });
}

/** Returns every value that is not an object, as JSON, by its path. */
function leavesOf(value: unknown, path = ''): Map<string, string> {
  const entries = entriesOf(value);
  if (entries.length === 0) return new Map([[path, JSON.stringify(value) ?? 'undefined']]);
  return new Map(
    entries.flatMap(([key, inner]) => [...leavesOf(inner, path === '' ? key : `${path}.${key}`)]),
  );
}

/** Statements of a policy are compared by Sid, so that a new first statement does not change all others. */
function entriesOf(value: unknown): [string, unknown][] {
  if (!Array.isArray(value)) return isRecord(value) ? Object.entries(value) : [];
  return value.map((item: unknown, index) => {
    const name = isRecord(item) ? item.Sid : undefined;
    return [typeof name === 'string' ? name : String(index), item];
  });
}

function short(text: string): string {
  return text.length <= MAX_VALUE_CHARACTERS ? text : `${text.slice(0, MAX_VALUE_CHARACTERS)}…`;
}
