/** The calls of AWS Budgets that the provider makes and moto lacks: it returns 500, which the provider retries for minutes. */
import * as z from 'zod';

const SERVICE = 'AWSBudgetServiceGateway.';

const created = z.object({
  Budget: z.object({ BudgetName: z.string() }),
  ResourceTags: z.array(z.unknown()).default([]),
});
const budget = z.looseObject({ BudgetName: z.string() });
const updated = z.object({ NewBudget: budget });
const named = z.object({ BudgetName: z.string() });
const tag = z.object({ Key: z.string() });
const tagged = z.object({ ResourceARN: z.string(), ResourceTags: z.array(tag.loose()) });
const untagged = z.object({ ResourceARN: z.string(), ResourceTagKeys: z.array(z.string()) });
const notified = z.object({
  Notification: z.object({ NotificationType: z.string() }),
  Subscribers: z.array(z.unknown()).default([]),
});
const listed = z.object({ ResourceARN: z.string() });

export class Budgets {
  /** By the name of the budget. */
  readonly #tags = new Map<string, readonly unknown[]>();
  /** Updated budgets, by name. */
  readonly #updated = new Map<string, unknown>();
  /** By the type of the notification: `ACTUAL`. */
  readonly #subscribers = new Map<string, unknown[]>();

  /** The response to a call, by its `X-Amz-Target`; undefined where moto has one of its own. */
  answer(target: string, body: string): unknown {
    if (!target.startsWith(SERVICE)) return undefined;
    switch (target.slice(SERVICE.length)) {
      case 'CreateBudget': {
        const { Budget, ResourceTags } = created.parse(JSON.parse(body));
        this.#tags.set(Budget.BudgetName, ResourceTags);
        return undefined;
      }
      case 'UpdateBudget': {
        const { NewBudget } = updated.parse(JSON.parse(body));
        this.#updated.set(NewBudget.BudgetName, NewBudget);
        return {};
      }
      case 'DescribeBudget': {
        const Budget = this.#updated.get(named.parse(JSON.parse(body)).BudgetName);
        return Budget === undefined ? undefined : { Budget };
      }
      case 'DeleteBudget': {
        this.#updated.delete(named.parse(JSON.parse(body)).BudgetName);
        return undefined;
      }
      case 'TagResource': {
        const { ResourceARN, ResourceTags } = tagged.parse(JSON.parse(body));
        const added = new Set(ResourceTags.map(({ Key }) => Key));
        const remaining = this.#tagsOf(ResourceARN).filter((one) => !added.has(keyOf(one)));
        this.#tags.set(nameIn(ResourceARN), [...remaining, ...ResourceTags]);
        return {};
      }
      case 'UntagResource': {
        const { ResourceARN, ResourceTagKeys } = untagged.parse(JSON.parse(body));
        const remaining = this.#tagsOf(ResourceARN).filter((one) => !ResourceTagKeys.includes(keyOf(one)));
        this.#tags.set(nameIn(ResourceARN), remaining);
        return {};
      }
      case 'CreateNotification': {
        const { Notification, Subscribers } = notified.parse(JSON.parse(body));
        this.#subscribers.set(Notification.NotificationType, Subscribers);
        return undefined;
      }
      case 'DescribeSubscribersForNotification': {
        const { Notification } = notified.parse(JSON.parse(body));
        return { Subscribers: this.#subscribers.get(Notification.NotificationType) ?? [] };
      }
      case 'ListTagsForResource': {
        return { ResourceTags: this.#tagsOf(listed.parse(JSON.parse(body)).ResourceARN) };
      }
    }
    return undefined;
  }

  #tagsOf(arn: string): readonly unknown[] {
    return this.#tags.get(nameIn(arn)) ?? [];
  }
}

/** The name of the budget in its ARN. */
const nameIn = (arn: string) => arn.replace(/^.*:budget\//, '');
const keyOf = (one: unknown) => tag.safeParse(one).data?.Key ?? '';
