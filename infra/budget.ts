import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { PROJECT } from './names.ts';

export interface BudgetArgs {
  readonly monthlyUsd: number;
  readonly email: string;
}

/**
 * Writes to the operators when the month's costs are forecast to pass 80 % of the budget, and when they have passed all of
 * it. It stops nothing: the runbook's "Costs explode" does.
 *
 * It counts the whole account. A filter by tag would count nothing until an administrator activates the tags for cost
 * allocation (AWS Billing user guide, "Activating user-defined cost allocation tags"). Credits and refunds are left out,
 * since they would hide spending until they are used up. The mail comes from Budgets itself and not through the alarm
 * topics, so it needs neither consent nor permissions on a topic and its key.
 */
export class Budget extends pulumi.ComponentResource {
  constructor(name: string, { monthlyUsd, email }: BudgetArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Budget', name, {}, options);
    const above = (threshold: number, notificationType: 'ACTUAL' | 'FORECASTED') => ({
      comparisonOperator: 'GREATER_THAN',
      threshold,
      thresholdType: 'PERCENTAGE',
      notificationType,
      subscriberEmailAddresses: [email],
    });
    new aws.budgets.Budget(
      name,
      {
        name: `${PROJECT}-monthly`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        limitAmount: String(monthlyUsd),
        limitUnit: 'USD',
        costTypes: { includeCredit: false, includeRefund: false },
        notifications: [above(80, 'FORECASTED'), above(100, 'ACTUAL')],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
