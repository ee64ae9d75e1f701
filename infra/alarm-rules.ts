/** What the alarms of an environment watch, part by part. `Alarms` makes one alarm of each rule. */
import type * as pulumi from '@pulumi/pulumi';
import type { HandOffQueue } from './hand-off-queue.ts';
import { type EnvironmentName, PROJECT } from './names.ts';
import type { TurnQueue } from './turn-queue.ts';
import type { Metric, WebService } from './web-service.ts';

/** The values of the field `alarm` of the application's log lines, and what each means. */
export const LOGGED_ALARMS = {
  'token-refused': 'Meta refuses the access token of a number: nothing can be sent from it',
  'number-refused':
    'Meta refuses a number (its quality, name, payment or registration): nothing can be sent from it',
  'dead-letter': 'a turn was given up: its person got an apology instead of an answer',
  standby: 'another application holds the conversations: messages arrive as standby and are not answered',
  'account-restricted':
    'Meta has restricted, banned or flagged the account or a number: it says so in account_update, account_alerts or phone_number_quality_update',
  'general-purpose-ai':
    'Meta prices the answers of a number as those of a general-purpose assistant, which its terms allow in some countries only, against a fee',
  'backend-key': 'the assistant refuses our key: nobody is answered',
  'assistant-refused':
    'the assistant cannot be asked (no credit, no such model, or nothing at its address): nobody is answered',
  'business-unusable':
    'a business in the database cannot be used (its token, its settings, or a number that another one has too): its messages wait, and others are answered',
  'businesses-unavailable':
    'the database of the businesses does not answer, or is empty: cached businesses are used for an hour after their expiry, deliveries for others get 503 and come again',
  'hand-off-undelivered':
    'hand-offs reach neither the queue nor the webhook of the operator: their turns wait and are tried again',
} as const;

export interface Rule extends Metric {
  /** A sentence for the operator who receives the alarm. */
  readonly description: string;
  readonly threshold: number;
  readonly statistic: 'Average' | 'Maximum' | 'p99' | 'SampleCount' | 'Sum';
  readonly minutes: number;
  /** Of that many periods in a row. */
  readonly periods?: number;
  /** True: missing data is the alarm. */
  readonly alarmWhenMissing?: true;
}

/** Alarm name to rule. The full name of an alarm is `ansari-whatsapp-<environment>-<name>`; each has a row in docs/runbook.md. */
export type Rules = Readonly<Record<string, Rule>>;

/** The namespace of the metrics that are counted in log lines. */
export function namespaceOf(environment: EnvironmentName): string {
  return `${PROJECT}/${environment}`;
}

function sqs(metricName: string, QueueName: pulumi.Output<string>): Metric {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName } };
}

export function queueRules({ queue, deadLetters }: TurnQueue): Rules {
  return {
    'dead-wake-ups': {
      description: 'Wake-ups could not be processed. npm run redrive lists them and sends them back.',
      ...sqs('ApproximateNumberOfMessagesVisible', deadLetters.name),
      statistic: 'Maximum',
      threshold: 0,
      minutes: 1,
    },
    'oldest-wake-up': {
      description:
        'A wake-up is older than five minutes: the worker is too slow, does not run, or failed while it processed it.',
      ...sqs('ApproximateAgeOfOldestMessage', queue.name),
      statistic: 'Maximum',
      threshold: 300,
      minutes: 1,
      periods: 3,
    },
  };
}

export function handOffRules({ queue, deadLetters }: HandOffQueue): Rules {
  return {
    'oldest-hand-off': {
      description:
        'A person has waited for somebody of yours for more than an hour: nothing receives hand-offs.',
      ...sqs('ApproximateAgeOfOldestMessage', queue.name),
      statistic: 'Maximum',
      threshold: 3_600,
      minutes: 5,
    },
    'many-hand-offs': {
      description: 'More than 50 hand-offs wait in their queue: more than your people take.',
      ...sqs('ApproximateNumberOfMessagesVisible', queue.name),
      statistic: 'Maximum',
      threshold: 50,
      minutes: 5,
    },
    'dead-hand-offs': {
      description: 'What receives hand-offs has failed eight times over one: its person waits.',
      ...sqs('ApproximateNumberOfMessagesVisible', deadLetters.name),
      statistic: 'Maximum',
      threshold: 0,
      minutes: 1,
    },
  };
}

export function webServiceRules({ failures, latency }: Pick<WebService, 'failures' | 'latency'>): Rules {
  return {
    'web-failures': {
      description:
        'The web service responds with 5xx. Meta delivers again for seven days, so nothing is lost yet.',
      ...failures,
      statistic: 'Sum',
      threshold: 5,
      minutes: 5,
    },
    'web-slow': {
      description:
        'One response of the web service in a hundred takes longer than two seconds; Meta wants a median of 250 ms.',
      ...latency,
      statistic: 'p99',
      threshold: 2_000,
      minutes: 5,
      periods: 3,
    },
  };
}

/** The rules over what both programs log. */
export function logRules(environment: EnvironmentName): Rules {
  const logged = (metricName: string, dimensions = {}): Metric => ({
    namespace: namespaceOf(environment),
    metricName,
    dimensions,
  });
  const rules = Object.entries(LOGGED_ALARMS).map(([alarm, means]): [string, Rule] => [
    `logged-${alarm}`,
    {
      description: `${means[0]?.toUpperCase()}${means.slice(1)}.`,
      ...logged('Alarms', { Alarm: alarm }),
      statistic: 'Sum',
      threshold: 0,
      minutes: 5,
    },
  ]);
  return {
    'error-lines': {
      description: 'More than ten lines of level error within five minutes.',
      ...logged('Errors'),
      statistic: 'Sum',
      threshold: 10,
      minutes: 5,
    },
    ...Object.fromEntries(rules),
  };
}
