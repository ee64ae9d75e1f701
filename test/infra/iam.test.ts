import { describe, expect, it } from 'vitest';
import type { ParsedStatement } from '#infra/policies/documents.ts';
import { holds } from './conditions.ts';
import { permits } from './iam.ts';

const FUNCTION = 'arn:aws:lambda:us-west-2:123456789012:function:worker';

function statement(more: Partial<ParsedStatement>): ParsedStatement {
  return { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['arn:*:q-*'], Condition: {}, ...more };
}

describe('the evaluator of IAM', () => {
  const ask = (statements: readonly ParsedStatement[], context: Record<string, string> = {}) =>
    permits(statements, { action: 'sqs:sendmessage', resource: 'arn:aws:sqs:q-1', context });

  it('allows what a statement names, and nothing else', () => {
    expect(ask([statement({})])).toBe(true);
    expect(ask([])).toBe(false);
    expect(ask([statement({ Action: ['sqs:Send'] })])).toBe(false);
    expect(ask([statement({ Action: ['sqs:*'], Resource: ['arn:aws:sqs:q-?'] })])).toBe(true);
    expect(ask([statement({ Resource: ['arn:aws:sqs:Q-1'] })])).toBe(false);
  });

  it('lets an explicit deny override an allow when its condition is true', () => {
    const Condition = { Bool: { 'aws:SecureTransport': ['false'] } };
    const both = [statement({}), statement({ Effect: 'Deny', Condition })];
    expect(ask(both, { 'aws:SecureTransport': 'false' })).toBe(false);
    expect(ask(both, { 'aws:SecureTransport': 'true' })).toBe(true);
  });

  it.each<[string, Record<string, Record<string, string[]>>, Record<string, string>, boolean]>([
    ['one of several values', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['another value', { StringEquals: { k: ['a'] } }, { k: 'A' }, false],
    ['no value', { StringEquals: { k: ['a'] } }, {}, false],
    ['no value, where it may be absent', { StringEqualsIfExists: { k: ['a'] } }, {}, true],
    ['another value, where it may be absent', { StringEqualsIfExists: { k: ['a'] } }, { k: 'b' }, false],
    [
      'a key in another case',
      { StringEquals: { 'lambda:FunctionArn': ['a'] } },
      { 'Lambda:functionarn': 'a' },
      true,
    ],
    ['text with a star', { StringLike: { k: ['repo:*:ref'] } }, { k: 'repo:x:y:ref' }, true],
    ['a star that is none', { StringEquals: { k: ['a*'] } }, { k: 'ab' }, false],
    ['an ARN', { ArnEquals: { k: [FUNCTION] } }, { k: FUNCTION }, true],
    ['an ARN with a star', { ArnLike: { k: ['arn:aws:lambda:*:*:function:w*'] } }, { k: FUNCTION }, true],
    ['a star over parts of an ARN', { ArnLike: { k: ['arn:*:function:worker'] } }, { k: FUNCTION }, false],
    ['two keys, of which one fails', { StringEquals: { k: ['a'], l: ['b'] } }, { k: 'a', l: 'c' }, false],
    [
      'two operators, of which one fails',
      { StringEquals: { k: ['a'] }, ArnLike: { l: ['b'] } },
      { k: 'a' },
      false,
    ],
  ])('compares %s', (_, condition, context, expected) => {
    expect(holds(condition, context)).toBe(expected);
  });

  it('throws for an unknown operator', () => {
    expect(() => holds({ 'ForAllValues:StringEquals': { k: ['a'] } }, { k: 'a' })).toThrow('not known here');
  });
});
