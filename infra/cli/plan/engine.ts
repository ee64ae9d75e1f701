/**
 * The part of Pulumi's engine that a program talks to, over its real protocol: records what the program registers, and
 * responds as AWS would. Creates nothing and calls nothing outside this machine.
 */
import grpc from '@grpc/grpc-js';
import engineServices from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engineMessages from '@pulumi/pulumi/proto/engine_pb.js';
import resourceServices from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import resourceMessages from '@pulumi/pulumi/proto/resource_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { type FakeAccount, fakeResource, lookUp } from './fake-provider.ts';
import { isRecord, type Values, visible } from './values.ts';

export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The URN of the parent; empty for the stack itself. */
  readonly parent: string;
  /** A resource of a provider; false for a component of this program. */
  readonly custom: boolean;
  readonly provider: string;
  /** The inputs that the program registered, without the values of secrets. */
  readonly inputs: Values;
  /** The other outputs that AWS returns: ARN, URL. */
  readonly outputs: Values;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  /** Inputs whose change replaces the resource. */
  readonly replaceOnChanges: readonly string[];
  readonly dependsOn: readonly string[];
}

export interface Engine {
  readonly address: string;
  readonly resources: readonly RecordedResource[];
  /** What the program reported as errors. */
  readonly errors: readonly string[];
  /** Undefined until the program has succeeded. */
  readonly outputs: Values | undefined;
  close(): void;
}

export interface EngineArgs extends FakeAccount {
  readonly project: string;
  readonly stack: string;
  /** Outputs of other stacks, by their name. */
  readonly references: Readonly<Record<string, Values>>;
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Done<Response> = grpc.sendUnaryData<Response>;

export async function startEngine(args: EngineArgs): Promise<Engine> {
  const resources: RecordedResource[] = [];
  const errors: string[] = [];
  let outputs: Engine['outputs'];
  let root = '';

  const urnOf = (type: string, name: string) => `urn:pulumi:${args.stack}::${args.project}::${type}::${name}`;

  const monitor = {
    supportsFeature(
      call: Call<resourceMessages.SupportsFeatureRequest>,
      done: Done<resourceMessages.SupportsFeatureResponse>,
    ) {
      const response = new resourceMessages.SupportsFeatureResponse();
      response.setHassupport(call.request.getId() === 'secrets');
      done(null, response);
    },
    registerResource(
      call: Call<resourceMessages.RegisterResourceRequest>,
      done: Done<resourceMessages.RegisterResourceResponse>,
    ) {
      const { request } = call;
      const [type, name] = [request.getType(), request.getName()];
      const raw = request.getObject()?.toJavaScript() ?? {};
      const inputs = visible(raw);
      const urn = urnOf(type, name);
      const created = fakeResource(args, type, name, isRecord(inputs) ? inputs : {});
      resources.push({
        ...{
          urn,
          type,
          name,
          parent: request.getParent(),
          custom: request.getCustom() || request.getRemote(),
        },
        provider:
          request.getProvider() ||
          Object.values(Object.fromEntries(request.getProvidersMap().toArray()))[0] ||
          '',
        inputs: isRecord(inputs) ? inputs : {},
        outputs: created.outputs,
        protect: request.getProtect() ?? false,
        retainOnDelete: request.getRetainondelete() ?? false,
        deleteBeforeReplace: request.getDeletebeforereplace(),
        replaceOnChanges: request.getReplaceonchangesList(),
        dependsOn: request.getDependenciesList(),
      });
      const response = new resourceMessages.RegisterResourceResponse();
      response.setUrn(urn);
      response.setId(request.getCustom() ? created.id : '');
      response.setObject(struct.Struct.fromJavaScript({ ...created.outputs, ...raw }));
      done(null, response);
    },
    registerResourceOutputs(
      call: Call<resourceMessages.RegisterResourceOutputsRequest>,
      done: Done<empty.Empty>,
    ) {
      const outputsValue = visible(call.request.getOutputs()?.toJavaScript() ?? null);
      if (call.request.getUrn() === root && isRecord(outputsValue)) outputs = outputsValue;
      done(null, new empty.Empty());
    },
    readResource(
      call: Call<resourceMessages.ReadResourceRequest>,
      done: Done<resourceMessages.ReadResourceResponse>,
    ) {
      const id = call.request.getId();
      const known = args.references[id.split('/').pop() ?? ''];
      if (known === undefined) return done({ code: grpc.status.NOT_FOUND, message: `unknown stack ${id}` });
      const response = new resourceMessages.ReadResourceResponse();
      response.setUrn(urnOf(call.request.getType(), call.request.getName()));
      response.setProperties(
        struct.Struct.fromJavaScript({ name: id, outputs: { ...known }, secretOutputNames: [] }),
      );
      done(null, response);
    },
    invoke(
      call: Call<resourceMessages.ResourceInvokeRequest>,
      done: Done<resourceMessages.ResourceInvokeResponse>,
    ) {
      const token = call.request.getTok();
      const found = lookUp(args, token, call.request.getArgs()?.toJavaScript() ?? {});
      if (found === undefined) {
        return done({ code: grpc.status.UNIMPLEMENTED, message: `a plan cannot look up ${token}` });
      }
      const response = new resourceMessages.ResourceInvokeResponse();
      response.setReturn(struct.Struct.fromJavaScript({ ...found }));
      done(null, response);
    },
    signalAndWaitForShutdown(_: Call<empty.Empty>, done: Done<empty.Empty>) {
      done(null, new empty.Empty());
    },
  };

  const engine = {
    log(call: Call<engineMessages.LogRequest>, done: Done<empty.Empty>) {
      if (call.request.getSeverity() === engineMessages.LogSeverity.ERROR)
        errors.push(call.request.getMessage());
      done(null, new empty.Empty());
    },
    getRootResource(_: Call<unknown>, done: Done<engineMessages.GetRootResourceResponse>) {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(root);
      done(null, response);
    },
    setRootResource(
      call: Call<engineMessages.SetRootResourceRequest>,
      done: Done<engineMessages.SetRootResourceResponse>,
    ) {
      root = call.request.getUrn();
      done(null, new engineMessages.SetRootResourceResponse());
    },
    requirePulumiVersion(_: Call<unknown>, done: Done<engineMessages.RequirePulumiVersionResponse>) {
      done(null, new engineMessages.RequirePulumiVersionResponse());
    },
  };

  const server = new grpc.Server();
  server.addService(resourceServices.ResourceMonitorService, monitor);
  server.addService(engineServices.EngineService, engine);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });

  return {
    address: `127.0.0.1:${port}`,
    resources,
    errors,
    get outputs() {
      return outputs;
    },
    close: () => server.forceShutdown(),
  };
}
