/** Conditions of IAM (IAM user guide, "Condition operators"), as far as the policies here use them. */
import type { ParsedStatement } from '#infra/policies/documents.ts';
import { matches } from './iam.ts';

type Context = Readonly<Record<string, string>>;

/** An ARN is compared part by part: a `*` does not reach over a colon, but for the last part. */
function likeArn(pattern: string, arn: string): boolean {
  const [patterns, parts] = [pattern, arn].map((text) => {
    const [one = '', two = '', three = '', four = '', five = '', ...rest] = text.split(':');
    return [one, two, three, four, five, rest.join(':')];
  });
  return patterns?.every((part, index) => matches(part, parts?.[index] ?? '')) ?? false;
}

const OPERATORS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringLike: (value, wanted) => matches(wanted, value),
  // The two behave alike.
  ArnEquals: (value, wanted) => likeArn(wanted, value),
  ArnLike: (value, wanted) => likeArn(wanted, value),
  Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
};

/** Whether all conditions hold. A key that the request does not have holds with `IfExists` only. */
export function holds(condition: ParsedStatement['Condition'], context: Context): boolean {
  // Keys know no case.
  const found = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(condition).every(([name, keys]) => {
    const ifExists = name.endsWith('IfExists');
    const operator = OPERATORS[ifExists ? name.slice(0, -'IfExists'.length) : name];
    if (operator === undefined) throw new Error(`the condition operator ${name} is not known here`);
    return Object.entries(keys).every(([key, wanted]) => {
      const value = found.get(key.toLowerCase());
      return value === undefined ? ifExists : wanted.some((one) => operator(value, one));
    });
  });
}
