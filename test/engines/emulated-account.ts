/** Asks the emulated account directly, so that a test believes AWS's side and not Pulumi's state. */
import * as z from 'zod';

const REGION = 'us-west-2';

function headers(service: string): Record<string, string> {
  const scope = `local/20260101/${REGION}/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
}

export class EmulatedAccount {
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Forgets what an earlier run left, on emulators that can. */
  async reset(): Promise<void> {
    await fetch(`${this.#endpoint}/moto-api/reset`, { method: 'POST' }).catch(() => undefined);
  }

  /** A call of a service with a JSON protocol: `AmazonSSM.GetParameter`. */
  async json(
    service: string,
    target: string,
    body: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: { ...headers(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(body),
    });
    return z.record(z.string(), z.unknown()).parse(await response.json());
  }

  /** A call of a service with the query protocol; answers its XML. */
  async query(service: string, parameters: Record<string, string>): Promise<string> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: { ...headers(service), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(parameters),
    });
    return response.text();
  }

  async get(service: string, path: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#endpoint}${path}`, { headers: headers(service) });
    return z.record(z.string(), z.unknown()).parse(await response.json());
  }

  /** The parameters below a path, decrypted, by their last word. */
  async parameters(path: string): Promise<Record<string, { type: string; value: string }>> {
    const found: Record<string, { type: string; value: string }> = {};
    let token: unknown;
    do {
      const page = await this.json('ssm', 'AmazonSSM.GetParametersByPath', {
        Path: path,
        WithDecryption: true,
        ...(token ? { NextToken: token } : {}),
      });
      const entries = z
        .array(z.object({ Name: z.string(), Type: z.string(), Value: z.string() }))
        .parse(page.Parameters);
      for (const { Name, Type, Value } of entries)
        found[Name.split('/').pop() ?? ''] = { type: Type, value: Value };
      token = page.NextToken;
    } while (token);
    return found;
  }

  async queueAttributes(url: string): Promise<Record<string, unknown>> {
    const { Attributes } = await this.json('sqs', 'AmazonSQS.GetQueueAttributes', {
      QueueUrl: url,
      AttributeNames: ['All'],
    });
    return z.record(z.string(), z.unknown()).parse(Attributes);
  }

  async tableNames(): Promise<string[]> {
    const { TableNames } = await this.json('dynamodb', 'DynamoDB_20120810.ListTables', {});
    return z.array(z.string()).parse(TableNames);
  }

  async queueUrls(): Promise<string[]> {
    const { QueueUrls } = await this.json('sqs', 'AmazonSQS.ListQueues', {});
    return z.array(z.string()).default([]).parse(QueueUrls);
  }
}
