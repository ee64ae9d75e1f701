/** The calls of AWS Budgets that moto lacks and the provider makes: it answers them with 500, which the provider retries for minutes. */
import * as z from 'zod';

const SERVICE = 'AWSBudgetServiceGateway.';

const created = z.object({
  Budget: z.object({ BudgetName: z.string() }),
  ResourceTags: z.array(z.unknown()).default([]),
});
const notified = z.object({
  Notification: z.object({ NotificationType: z.string() }),
  Subscribers: z.array(z.unknown()).default([]),
});
const asked = z.object({ ResourceARN: z.string() });

export class Budgets {
  /** By the name of the budget. */
  readonly #tags = new Map<string, unknown[]>();
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
        const name = asked.parse(JSON.parse(body)).ResourceARN.replace(/^.*:budget\//, '');
        return { ResourceTags: this.#tags.get(name) ?? [] };
      }
    }
    return undefined;
  }
}
