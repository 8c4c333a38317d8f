/**
 * The service definition of the backbone: its services, with requests, replies and calls of each method. Tiers of a
 * scenario serve these services; the calls between them and their sizes on the wire are derived from here.
 *
 * Two custom options complete protobuf: `calls` lists the calls of a method in order, and `typical` is the usual length of
 * a text in bytes (chosen, like the fields).
 */
import { createRequire } from "node:module";
import type protobuf from "protobufjs";

const DEFINITION = `
syntax = "proto3";
package firedrill.backbone;

import "google/protobuf/descriptor.proto";

extend google.protobuf.MethodOptions { repeated string calls = 50001; }
extend google.protobuf.FieldOptions { uint32 typical = 50002; }

// Terminates connections of clients.
service Access {
  rpc Login (LoginRequest) returns (LoginReply) { option (calls) = "Logic.Authorise"; }
  rpc Send (SendRequest) returns (SendReply) { option (calls) = "Logic.Deliver"; }
  rpc Sync (SyncRequest) returns (SyncReply) { option (calls) = "Logic.Collect"; }
}

// Decides, and stores no data.
service Logic {
  rpc Authorise (LoginRequest) returns (LoginReply) { option (calls) = "Storage.ReadAccount"; }
  rpc Deliver (SendRequest) returns (SendReply) {
    option (calls) = "Storage.NextSequence";
    option (calls) = "Storage.AppendMessage";
  }
  rpc Collect (SyncRequest) returns (SyncReply) { option (calls) = "Storage.ReadMessages"; }
}

service Storage {
  rpc ReadAccount (AccountRequest) returns (AccountReply);
  rpc NextSequence (SequenceRequest) returns (SequenceReply);
  rpc AppendMessage (AppendRequest) returns (AppendReply);
  rpc ReadMessages (SyncRequest) returns (SyncReply);
}

message LoginRequest { uint64 user = 1; bytes ticket = 2 [(typical) = 64]; string device = 3 [(typical) = 24]; }
message LoginReply { bytes session = 1 [(typical) = 32]; uint64 sequence = 2; }
message SendRequest { uint64 from = 1; uint64 to = 2; string text = 3 [(typical) = 120]; uint64 nonce = 4; }
message SendReply { uint64 sequence = 1; }
message SyncRequest { uint64 user = 1; uint64 sequence = 2; }
message SyncReply { bytes messages = 1 [(typical) = 400]; uint64 sequence = 2; }
message AccountRequest { uint64 user = 1; }
message AccountReply { bytes secret = 1 [(typical) = 64]; uint32 flags = 2; }
message SequenceRequest { uint64 user = 1; }
message SequenceReply { uint64 sequence = 1; }
message AppendRequest { uint64 user = 1; uint64 sequence = 2; string text = 3 [(typical) = 120]; }
message AppendReply { bool stored = 1; }
`;

/** One method of a service. */
export interface Method {
  /** E.g. `Logic.Deliver`. */
  readonly name: string;
  /** Name of its service. */
  readonly service: string;
  /** Typical size of an encoded request. */
  readonly requestBytes: number;
  /** Typical size of an encoded reply. */
  readonly replyBytes: number;
  /** Names of the methods that it calls, one after another. */
  readonly calls: readonly string[];
}

/** A typical identity: a number of ten digits. */
const NUMBER = 2_000_000_000;

const bytesOf = (type: protobuf.Type): number => {
  const sample = type.fieldsArray.map((field): [string, unknown] => {
    const typical = Number(field.options?.["(typical)"] ?? 0);
    if (field.type === "string") return [field.name, "x".repeat(typical)];
    if (field.type === "bytes") return [field.name, new Uint8Array(typical)];
    return [field.name, field.type === "bool" ? true : NUMBER];
  });
  return type.encode(type.create(Object.fromEntries(sample))).finish().length;
};

/** Loads the parser, which takes longer than to read a whole scenario, and few scenarios name a service. */
const parser = (): typeof protobuf => createRequire(import.meta.url)("protobufjs") as typeof protobuf;

const methodsOf = (definition: string): ReadonlyMap<string, Method> => {
  const { parse, Service } = parser();
  const { root, package: name = "" } = parse(definition, { keepCase: true });
  const services = (root.lookup(name) as protobuf.Namespace).nestedArray.filter((one) => one instanceof Service);
  const methods = services.flatMap(({ name: service, methodsArray }) =>
    methodsArray.map((method): Method => ({
      name: `${service}.${method.name}`,
      service,
      requestBytes: bytesOf(root.lookupType(`${name}.${method.requestType}`)),
      replyBytes: bytesOf(root.lookupType(`${name}.${method.responseType}`)),
      calls: (method.parsedOptions ?? []).flatMap((option: Readonly<Record<string, unknown>>) => {
        const called = option["(calls)"];
        return typeof called === "string" ? [called] : [];
      }),
    })),
  );
  return new Map(methods.map((method) => [method.name, method]));
};

let known: ReadonlyMap<string, Method> | undefined;

/** Returns all methods of the backbone by name; the definition is parsed on the first call. */
export const backboneMethods = (): ReadonlyMap<string, Method> => (known ??= methodsOf(DEFINITION));
