import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import grpc from '@grpc/grpc-js';
import analyzer from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/analyzer_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES } from '#infra/policies/rules.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('the policy pack, started as Pulumi starts it', () => {
  let pack: ChildProcess;
  let client: analyzer.AnalyzerClient;

  beforeAll(async () => {
    const runner = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run-policy-pack/index.js');
    pack = spawn(process.execPath, [runner, '127.0.0.1:1', 'infra/policies/pack'], { cwd: ROOT });
    const port = await new Promise<string>((started, failed) => {
      pack.stdout?.once('data', (chunk) => started(String(chunk).trim()));
      pack.stderr?.once('data', (chunk) => failed(new Error(String(chunk))));
    });
    client = new analyzer.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });

  afterAll(() => {
    client.close();
    pack.kill();
  });

  it('names its rules', async () => {
    const info = await new Promise<messages.AnalyzerInfo>((done, fail) => {
      client.getAnalyzerInfo(new empty.Empty(), (error, answer) =>
        error === null ? done(answer) : fail(error),
      );
    });
    expect(info.getPoliciesList().map((policy) => policy.getName())).toEqual(RULES.map(({ name }) => name));
  });

  it('rejects a resource before it is created', async () => {
    const request = new messages.AnalyzeRequest();
    request.setType('aws:sqs/queue:Queue');
    request.setName('turns');
    request.setUrn('urn:pulumi:production::ansari-whatsapp::aws:sqs/queue:Queue::turns');
    request.setProperties(struct.Struct.fromJavaScript({ tagsAll: { project: 'ansari-whatsapp' } }));
    request.setOptions(new messages.AnalyzerResourceOptions());
    const answer = await new Promise<messages.AnalyzeResponse>((done, fail) => {
      client.analyze(request, (error, response) => (error === null ? done(response) : fail(error)));
    });
    const said = answer
      .getDiagnosticsList()
      .map((diagnostic) => diagnostic.getMessage())
      .join('\n');
    expect(said).toContain('turns stores messages unencrypted.');
    expect(said).toContain('turns is not protected.');
    expect(said).toContain('turns has no tag environment.');
  });
});
