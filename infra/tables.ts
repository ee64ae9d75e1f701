import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { protectData } from './arn.ts';
import type { Grant, Statement } from './grant.ts';
import { type EnvironmentName, serviceName } from './names.ts';

/** The index of what is due, what waits and dead letters, by time. Sparse: few items have a shard. */
const byTime = { name: 'by-time', hashKey: 'shard', rangeKey: 'at' };

export interface TablesArgs {
  readonly environment: EnvironmentName;
}

type Keys = Pick<aws.dynamodb.TableArgs, 'hashKey' | 'rangeKey' | 'attributes' | 'globalSecondaryIndexes'>;

/**
 * The tables of the conversations. On demand, encrypted, restorable to any second of the last 35 days. Items expire by
 * their `expires_at` (seconds since 1970); the code compares times itself, since DynamoDB deletes late.
 */
export class Tables extends pulumi.ComponentResource {
  /** State, lease, thread, turn and the parts of its reply, one item each. */
  readonly conversations: aws.dynamodb.Table;
  /** Waiting messages; an answered one stays, without its text, as the remembered id. */
  readonly stage: aws.dynamodb.Table;
  /** A wake-up for the conversation is on its way. */
  readonly triggerLock: aws.dynamodb.Table;

  constructor(name: string, args: TablesArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Tables', name, {}, options);
    this.conversations = this.#table('conversations', args, {
      ...keyed('conversation', 'item', ['shard', 'S'], ['at', 'N']),
      globalSecondaryIndexes: [{ ...byTime, projectionType: 'KEYS_ONLY' }],
    });
    this.stage = this.#table('stage', args, {
      ...keyed('partition', 'message', ['shard', 'S'], ['at', 'N']),
      globalSecondaryIndexes: [{ ...byTime, projectionType: 'INCLUDE', nonKeyAttributes: ['conversation'] }],
    });
    this.triggerLock = this.#table('trigger-lock', args, keyed('conversation'));
    this.registerOutputs({});
  }

  /**
   * For the web service, which uses the port `Inbox`: writes messages and status reports. It reads single items by their
   * keys and counts waiting messages in the index. It cannot read the history of a conversation, and deletes locks only.
   */
  get remembering(): Grant {
    return {
      variables: this.#names,
      statements: [
        {
          Sid: 'StoreMessages',
          // An edit or a revoke reads each partition of the person, and changes the message that waits.
          Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
          Resource: this.stage.arn,
        },
        {
          Sid: 'MarkConversations',
          Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
          Resource: this.conversations.arn,
        },
        { Sid: 'CountWhatWaits', Action: ['dynamodb:Query'], Resource: this.#indexes },
        this.#locking,
      ],
    };
  }

  /** For the worker, which uses the port `TurnStore`: claims turns, writes replies, deletes old data. */
  get answering(): Grant {
    return {
      variables: this.#names,
      statements: [
        {
          Sid: 'WorkOnConversations',
          Action: [
            'dynamodb:BatchGetItem',
            'dynamodb:DeleteItem',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:Query',
            'dynamodb:UpdateItem',
          ],
          Resource: [this.conversations.arn, this.stage.arn, ...this.#indexes],
        },
        // Deletes old data page by page.
        { Sid: 'ForgetOldConversations', Action: ['dynamodb:Scan'], Resource: this.conversations.arn },
        this.#locking,
      ],
    };
  }

  get #locking(): Statement {
    return {
      Sid: 'LockTriggers',
      Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      Resource: this.triggerLock.arn,
    };
  }

  get #indexes(): readonly pulumi.Output<string>[] {
    return [this.conversations, this.stage].map(({ arn }) => pulumi.interpolate`${arn}/index/${byTime.name}`);
  }

  get #names(): Grant['variables'] {
    return {
      STORE: 'dynamodb',
      CONVERSATIONS_TABLE: this.conversations.name,
      CONVERSATIONS_STAGE_TABLE: this.stage.name,
      CONVERSATIONS_TRIGGER_LOCK_TABLE: this.triggerLock.name,
    };
  }

  #table(name: string, { environment }: TablesArgs, keys: Keys): aws.dynamodb.Table {
    return new aws.dynamodb.Table(
      name,
      {
        name: `${serviceName(environment)}-${name}`,
        billingMode: 'PAY_PER_REQUEST',
        ...keys,
        ttl: { attributeName: 'expires_at', enabled: true },
        pointInTimeRecovery: { enabled: true },
        // Encrypted with DynamoDB's own key, as every table is. The block would choose another one: decision 0103.
        deletionProtectionEnabled: environment === 'production',
      },
      { parent: this, ...protectData(environment) },
    );
  }
}

function keyed(hashKey: string, rangeKey?: string, ...others: readonly [name: string, type: string][]): Keys {
  const keys: [string, string][] = [
    [hashKey, 'S'],
    ...(rangeKey === undefined ? [] : [[rangeKey, 'S'] as [string, string]]),
  ];
  return {
    hashKey,
    ...(rangeKey === undefined ? {} : { rangeKey }),
    attributes: [...keys, ...others].map(([name, type]) => ({ name, type })),
  };
}
