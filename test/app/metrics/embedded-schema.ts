import { z } from 'zod';

/**
 * What CloudWatch demands of a line: Amazon CloudWatch user guide, "Specification: Embedded metric format". Objects of the
 * specification have no other members; the line itself may have any.
 */
const UNITS = [
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'],
  ...['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits', 'Percent', 'Count', 'None'],
  ...['Bytes/Second', 'Kilobytes/Second', 'Megabytes/Second', 'Gigabytes/Second', 'Terabytes/Second'],
  ...[
    'Bits/Second',
    'Kilobits/Second',
    'Megabits/Second',
    'Gigabits/Second',
    'Terabits/Second',
    'Count/Second',
  ],
] as const;

const directive = z.strictObject({
  Namespace: z.string().min(1).max(1024),
  Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
  Metrics: z
    .array(
      z.strictObject({
        Name: z.string().min(1).max(1024),
        Unit: z.enum(UNITS).optional(),
        StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
      }),
    )
    .max(100),
});

/** A target member of a metric is a number or at most 100 of them, and that of a dimension a text. */
export const EMBEDDED_LINE = z
  .looseObject({
    _aws: z.strictObject({ Timestamp: z.int().min(0), CloudWatchMetrics: z.array(directive) }),
  })
  .superRefine((line, context) => {
    const value = z.union([z.number(), z.array(z.number()).min(1).max(100)]);
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const name of Dimensions.flat()) {
        if (!z.string().min(1).max(1024).safeParse(line[name]).success)
          context.addIssue(`the dimension ${name} has no value`);
      }
      for (const { Name } of Metrics) {
        if (!value.safeParse(line[Name]).success) context.addIssue(`the metric ${Name} has no value`);
      }
    }
  });
