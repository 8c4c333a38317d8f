/** Cells of a measured file as connections of the model: what each was measured under, and how a flow under it is lived. */
import type { Stream } from "../base/random.ts";
import type { MeasuredCell } from "../scenario/measured.ts";
import {
  Connection,
  type ConnectionOutcome,
  type Conversation,
  type Exchange,
  type Route,
} from "../world/network/connection.ts";
import { EvenLoss, type Loss, Outages, PacketBursts } from "../world/network/loss.ts";
import type { WirePlan } from "../world/network/wire.ts";

/** One sample of a cell: the time that it is about, and how it ended. */
export interface Sample {
  readonly ms: number;
  readonly ending: string;
}

export type Sampler = (chance: Stream) => Sample;

export class Unmodelled extends Error {}

const KNOWN = new Set(
  "rtt_ms loss_up loss_down loss loss_model mean burst bad_ms syn_linear_timeouts cc tcp_timestamps exchanges jitter base_one_way_ms size_bytes rate_mbit queue_bytes block connect_timeout_ms nat app_timeout_ms idle_before_heartbeat_ms heartbeat_bytes".split(
    " ",
  ),
);

const PATIENCE_MS: Readonly<Record<string, number>> = { connect: 60_000, upload: 120_000 };
const LOGIN_PATIENCE_MS = 35_000;
const FOREVER_US = 1e12;

/** How a cell is lived; throws `Unmodelled` with the reason where the model cannot. */
export const samplerOf = ({ kind, params }: MeasuredCell): Sampler => {
  const fail = (what: string): never => {
    throw new Unmodelled(what);
  };
  for (const key of Object.keys(params)) if (!KNOWN.has(key)) fail(`a parameter ${key} is not modelled`);
  const number = (key: string, otherwise?: number): number => {
    const given = params[key];
    const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
    if (given === undefined && otherwise !== undefined) return otherwise;
    return typeof value === "number" && Number.isFinite(value) && value >= 0
      ? value
      : fail(given === undefined ? `${key} is missing` : `${key} is ${JSON.stringify(given)}, not a number from 0`);
  };
  const share = (key: string, otherwise?: number): number => {
    const value = number(key, otherwise);
    return value < 1 ? value : fail(`${key} is ${String(value)}, not a share below 1`);
  };
  const said = (key: string): string => JSON.stringify(params[key]) ?? "missing";
  const text = (key: string): string => (typeof params[key] === "string" ? params[key] : "");
  const congestion = text("cc");
  if (congestion !== "cubic" && congestion !== "bbr") return fail(`cc is ${said("cc")}: cubic and bbr are modelled`);
  const makeLoss = lossOf(text("loss_model"), share, number, fail);
  const delayUs = (params["base_one_way_ms"] === undefined ? number("rtt_ms") / 2 : number("base_one_way_ms")) * 1_000;
  const jitter = text("jitter");
  const jitterMs = /^each packet \+ U\(0,\s*([\d.]+)\) ms per direction, order kept$/.exec(jitter)?.[1];
  if (jitter !== "" && jitterMs === undefined)
    fail(`jitter is ${said("jitter")}: “each packet + U(0, 40) ms per direction, order kept” is modelled`);
  const rate =
    params["rate_mbit"] === undefined || params["rate_mbit"] === "inf"
      ? undefined
      : { bytesAUs: number("rate_mbit") / 8, queueBytes: number("queue_bytes", Infinity) };
  const wire = (loss: Loss): WirePlan => ({ delayUs, jitterUs: Number(jitterMs ?? 0) * 1_000, loss, rate });
  const conversation: Conversation = {
    linearSyns: number("syn_linear_timeouts"),
    hasStamps: number("tcp_timestamps", 1) !== 0,
    congestion,
    exchanges: exchangesOf(kind, text, number, fail),
    patienceUs: patienceOf(kind, params, number),
  };
  return (chance) => {
    const { up, down } = makeLoss(chance);
    const middle = middleOf(kind, text, fail);
    return sampleOf(kind, new Connection(conversation, { up: wire(up), down: wire(down), middle }, chance).run());
  };
};

type ReadNumber = (key: string, otherwise?: number) => number;
type Fail = (what: string) => never;

const lossOf = (
  model: string,
  share: ReadNumber,
  number: ReadNumber,
  fail: Fail,
): ((chance: Stream) => { readonly up: Loss; readonly down: Loss }) => {
  if (model.startsWith("gilbert_packet")) {
    const [mean, burst] = [share("mean"), Math.max(1, number("burst"))];
    return (chance) => ({ up: new PacketBursts(mean, burst, chance), down: new PacketBursts(mean, burst, chance) });
  }
  if (model.startsWith("gilbert_time")) {
    const [mean, badUs] = [share("mean"), number("bad_ms") * 1_000];
    if (!(mean > 0 && badUs > 0)) fail("outages without share or length");
    return (chance) => {
      const both = new Outages(mean, badUs, chance);
      return { up: both, down: both };
    };
  }
  if (model !== "bernoulli") fail(`loss_model is “${model}”: bernoulli, gilbert_packet and gilbert_time are modelled`);
  const all = share("loss", 0);
  const ways = [share("loss_up", all), share("loss_down", all)] as const;
  if (all > 0 && !ways.includes(all)) fail(`loss is ${String(all)}, and neither loss_up nor loss_down is`);
  const [up, down] = [new EvenLoss(ways[0]), new EvenLoss(ways[1])];
  return () => ({ up, down });
};

const exchangesOf = (kind: string, text: (key: string) => string, number: ReadNumber, fail: Fail): Exchange[] => {
  const read = (written: string): Exchange[] =>
    written.split(",").map((pair) => {
      const [, request, response] = /^\s*(\d+)\/(\d+)\s*$/.exec(pair) ?? [];
      return request === undefined
        ? fail(`“${written}” are no exchanges: write 300/1200, 300/8192`)
        : { request: +request, response: Number(response) };
    });
  switch (kind) {
    case "connect":
    case "port_block":
      return [];
    case "login":
    case "login_burst":
    case "login_jitter":
    case "login_asym":
    case "login_variant":
      return read(text("exchanges"));
    case "upload":
      return [{ request: Math.max(1, number("size_bytes")), response: 16 }];
    case "heartbeat":
      // A beat is sent on a connection in use: something was asked and answered before it fell idle. That shows in the
      // measured tail, whose time-outs have seen a second round trip.
      return read(text("heartbeat_bytes")).flatMap((one) => [
        one,
        { ...one, afterUs: number("idle_before_heartbeat_ms") * 1_000 },
      ]);
    default:
      return fail(`the kind ${kind} is not modelled`);
  }
};

const patienceOf = (kind: string, params: MeasuredCell["params"], number: ReadNumber): number => {
  if (kind === "port_block")
    return params["connect_timeout_ms"] === "none" ? FOREVER_US : number("connect_timeout_ms") * 1_000;
  if (kind === "heartbeat") return number("app_timeout_ms") * 1_000;
  return (PATIENCE_MS[kind] ?? LOGIN_PATIENCE_MS) * 1_000;
};

const middleOf = (kind: string, text: (key: string) => string, fail: Fail): Route["middle"] => {
  if (kind === "port_block") {
    const block = text("block");
    if (block !== "drop" && block !== "rst") fail(`block is “${block}”: drop and rst are modelled`);
    return () => (block === "drop" ? "drop" : "reset");
  }
  const nat = text("nat");
  if (nat === "" || nat === "none") return undefined;
  const [, seconds, then] =
    /^mapping expired after ([\d.]+) s idle: (silent drop|new mapping, server answers RST)$/.exec(nat) ?? [];
  if (seconds === undefined) return fail(`nat is “${nat}”: “mapping expired after 45 s idle: silent drop” is modelled`);
  let isExpired = false;
  return (packet, idleUs) => {
    // A connection that begins gets a mapping of its own.
    isExpired = packet !== "syn" && (isExpired || idleUs > Number(seconds) * 1e6);
    return !isExpired ? "pass" : then === "silent drop" ? "drop" : "reset";
  };
};

const sampleOf = (kind: string, { ending, atUs, askedUs }: ConnectionOutcome): Sample => {
  if (kind === "port_block") {
    const endings: Record<string, string> = {
      refused: "connect_error:ECONNREFUSED",
      unreachable: "connect_error:ETIMEDOUT",
    };
    return { ms: atUs / 1_000, ending: endings[ending] ?? "connect_timeout" };
  }
  if (kind === "heartbeat") {
    const endings: Record<string, string> = { done: "ok", reset: "ex_error:ECONNRESET" };
    return { ms: (atUs - askedUs) / 1_000, ending: endings[ending] ?? "ex_timeout" };
  }
  return { ms: ending === "done" ? atUs / 1_000 : Infinity, ending };
};
