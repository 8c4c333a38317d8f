/** Translates the cells of a measured file into simulated connections under the same conditions. */
import type { RandomStream } from "../base/random.ts";
import type { MeasuredCell } from "../scenario/measured.ts";
import {
  Connection,
  type ConnectionOutcome,
  type Conversation,
  type Exchange,
  type Wires,
} from "../world/network/connection.ts";
import { EvenLoss, type Loss, OutageProcess, PacketBursts } from "../world/network/loss.ts";
import type { WirePlan } from "../world/network/wire.ts";

/** One sample of a cell: the measured time, infinite for a failure, and how the connection ended. */
export interface Sample {
  readonly ms: number;
  readonly ending: string;
  /** Events that were simulated for it. */
  readonly events: number;
}

/** Simulates one sample of a cell. */
export type Sampler = (chance: RandomStream) => Sample;

/** Thrown for a cell that the model cannot simulate; the message is the reason. */
export class Unmodelled extends Error {}

const EVERY = ["rtt_ms", "cc", "loss_model", "syn_linear_timeouts", "tcp_timestamps", "jitter", "jitter_ms"];
const LINK = ["base_one_way_ms", "rate_mbit", "queue_bytes"];
const LOSS_MODELS = {
  bernoulli: ["loss", "loss_up", "loss_down"],
  gilbert_packet: ["mean", "burst"],
  gilbert_time: ["mean", "bad_ms"],
} as const;
const LOGIN = ["exchanges"];
const KINDS: Readonly<Record<string, readonly string[]>> = {
  connect: [],
  login: LOGIN,
  login_variant: LOGIN,
  login_burst: LOGIN,
  login_jitter: LOGIN,
  login_asym: LOGIN,
  upload: ["size_bytes"],
  port_block: ["block", "connect_timeout_ms"],
  heartbeat: ["nat", "app_timeout_ms", "idle_before_heartbeat_ms", "heartbeat_bytes"],
};
/** The most bytes of one exchange; larger ones are downloads, for which this model is not made. */
const EXCHANGE_BYTES_MAX = 16 * 1_048_576;
const NUMBER = "(\\d+(?:\\.\\d+)?)";

const PATIENCE_MS: Readonly<Record<string, number>> = { connect: 60_000, upload: 120_000 };
const LOGIN_PATIENCE_MS = 35_000;
/** The longest time that is simulated: a client without a time-out waits as long, and longer pauses are refused. Chosen. */
const DAY_MS = 86_400_000;
/** Connections in a row that may fail before a heartbeat could be sent on one. Chosen. */
const TRIES = 20;

/** Reads a cell's parameters by name, and throws `Unmodelled` for a value that cannot be simulated. */
class Parameters {
  readonly #params: MeasuredCell["params"];

  constructor(params: MeasuredCell["params"]) {
    this.#params = params;
  }

  fail(what: string): never {
    throw new Unmodelled(what);
  }

  has(key: string): boolean {
    return this.#params[key] !== undefined;
  }

  printed(key: string): string {
    return this.has(key) ? JSON.stringify(this.#params[key]) : "missing";
  }

  /** Returns a finite number from 0; accepts a text that is a number. */
  number(key: string, otherwise?: number): number {
    const given = this.#params[key];
    if (given === undefined && otherwise !== undefined) return otherwise;
    const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    return this.fail(`${key} is ${this.printed(key)}${given === undefined ? "" : ", not a number from 0"}`);
  }

  share(key: string, otherwise?: number): number {
    const value = this.number(key, otherwise);
    return value <= 1 ? value : this.fail(`${key} is ${String(value)}, not a share up to 1`);
  }

  text(key: string, otherwise?: string): string {
    const given = this.#params[key];
    if (given === undefined && otherwise !== undefined) return otherwise;
    return typeof given === "string"
      ? given
      : this.fail(`${key} is ${this.printed(key)}${given === undefined ? "" : ", not a text"}`);
  }

  /** Throws for any other parameter, as the cell would be judged without it. */
  allow(keys: readonly string[], of: string): void {
    for (const key of Object.keys(this.#params))
      if (!keys.includes(key)) this.fail(`a parameter ${key} is not modelled for ${of}`);
  }
}

/** Returns the sampler of a cell; throws `Unmodelled` with the reason if the model cannot simulate it. */
export const samplerOf = ({ kind, params }: MeasuredCell): Sampler => {
  const given = new Parameters(params);
  const own = KINDS[kind] ?? given.fail(`the kind ${kind} is not modelled`);
  const lossModel = lossModelOf(given);
  given.allow([...EVERY, ...LINK, ...LOSS_MODELS[lossModel], ...own], `${kind} with ${lossModel} loss`);
  const makeLoss = lossOf(lossModel, given);
  const delayUs = (given.has("base_one_way_ms") ? given.number("base_one_way_ms") : given.number("rtt_ms") / 2) * 1_000;
  const jitterUs = jitterMsOf(given) * 1_000;
  const isEndless = !given.has("rate_mbit") || params["rate_mbit"] === "inf";
  const bytesAUs = isEndless ? 0 : given.number("rate_mbit") / 8;
  if (!isEndless && bytesAUs === 0) given.fail("rate_mbit is 0: nothing would ever arrive");
  const rate = isEndless ? undefined : { bytesAUs, queueBytes: given.number("queue_bytes", Infinity) };
  const wire = (loss: Loss): WirePlan => ({ delayUs, jitterUs, loss, rate });
  const conversation = conversationOf(kind, params, given);
  const middle = middleOf(kind, given);
  return (chance) => {
    const connect = (): ConnectionOutcome => {
      const { up, down } = makeLoss(chance);
      return new Connection(conversation, { up: wire(up), down: wire(down), middle: middle() }, chance).run();
    };
    let events = 0;
    for (let tries = 0; tries < TRIES; tries++) {
      const outcome = connect();
      events += outcome.events;
      // A heartbeat needs a connection in use: without one, nothing was measured.
      if (kind !== "heartbeat" || outcome.asked === conversation.exchanges.length)
        return { ...sampleOf(kind, outcome), events };
    }
    return given.fail(`${String(TRIES)} connections in a row failed before a heartbeat could be sent`);
  };
};

const conversationOf = (kind: string, params: MeasuredCell["params"], given: Parameters): Conversation => {
  const congestion = given.text("cc");
  if (congestion !== "cubic" && congestion !== "bbr")
    return given.fail(`cc is ${given.printed("cc")}: cubic and bbr are modelled`);
  const linearSyns = given.number("syn_linear_timeouts");
  if (!Number.isInteger(linearSyns) || linearSyns > 127)
    given.fail(`syn_linear_timeouts is ${given.printed("syn_linear_timeouts")}, not a whole number up to 127`);
  const stamps: unknown = params["tcp_timestamps"] ?? 1;
  if (!([0, 1, true, false, "0", "1"] as unknown[]).includes(stamps))
    given.fail(`tcp_timestamps is ${given.printed("tcp_timestamps")}: 0 and 1 are modelled`);
  return {
    linearSyns,
    hasStamps: stamps === true || Number(stamps) === 1,
    congestion,
    exchanges: exchangesOf(kind, given),
    patienceUs: patienceOf(kind, params, given),
  };
};

const jitterMsOf = (given: Parameters): number => {
  if (given.has("jitter_ms")) return given.number("jitter_ms");
  const written = given.text("jitter", "none");
  const [, ms] =
    new RegExp(`^(?:each packet \\+ )?U\\(0,\\s*${NUMBER}\\)(?: ms)?(?: per direction)?(?:, order kept)?$`).exec(
      written,
    ) ?? [];
  if (ms === undefined && written !== "none" && written !== "")
    given.fail(`jitter is ${given.printed("jitter")}: “U(0,60) ms” on each packet is modelled`);
  return Number(ms ?? 0);
};

const lossModelOf = (given: Parameters): keyof typeof LOSS_MODELS => {
  const [, name] = /^(bernoulli|gilbert_packet|gilbert_time)(?:\s*\(.*\))?$/.exec(given.text("loss_model")) ?? [];
  if (name === undefined)
    given.fail(`loss_model is ${given.printed("loss_model")}: bernoulli, gilbert_packet and gilbert_time are modelled`);
  return name as keyof typeof LOSS_MODELS;
};

const lossOf = (
  model: keyof typeof LOSS_MODELS,
  given: Parameters,
): ((chance: RandomStream) => { readonly up: Loss; readonly down: Loss }) => {
  if (model === "bernoulli") {
    const all = given.has("loss") ? given.share("loss") : undefined;
    const ways = [given.share("loss_up", all), given.share("loss_down", all)] as const;
    if (all !== undefined && !ways.includes(all))
      given.fail(`loss is ${String(all)}, and neither loss_up nor loss_down is`);
    const [up, down] = [new EvenLoss(ways[0]), new EvenLoss(ways[1])];
    return () => ({ up, down });
  }
  const mean = given.share("mean");
  if (mean >= 1) given.fail("mean is 1: no burst would ever end");
  if (model === "gilbert_packet") {
    const burst = given.number("burst");
    if (burst < 1) given.fail(`burst is ${String(burst)}, not a number of packets from 1`);
    return (chance) => ({ up: new PacketBursts(mean, burst, chance), down: new PacketBursts(mean, burst, chance) });
  }
  const badMs = given.number("bad_ms");
  if (!(mean > 0)) given.fail("mean is 0: outages that never come");
  if (badMs < 1) given.fail(`bad_ms is ${String(badMs)}: outages of 1 ms and more are modelled`);
  return (chance) => {
    const both = new OutageProcess(mean, badMs * 1_000, chance);
    return { up: both, down: both };
  };
};

const exchangesOf = (kind: string, given: Parameters): Exchange[] => {
  const within = (exchange: Exchange): Exchange =>
    exchange.request + exchange.response <= EXCHANGE_BYTES_MAX
      ? exchange
      : given.fail("more than 16 MiB in one exchange is not modelled");
  const read = (key: string): Exchange[] =>
    given
      .text(key)
      .split(",")
      .map((pair) => {
        const [, request, response] = /^\s*(\d{1,12})\/(\d{1,12})\s*$/.exec(pair) ?? [];
        if (!(Number(request) > 0 && Number(response) > 0))
          given.fail(`${key} is ${given.printed(key)}: write bytes asked and answered, 300/1200, 300/8192`);
        return within({ request: Number(request), response: Number(response) });
      });
  if (kind === "upload") return [within({ request: Math.max(1, given.number("size_bytes")), response: 16 })];
  // A heartbeat is sent on a connection that was used before it fell idle: the measured tail shows time-outs that have
  // seen a second round trip.
  if (kind === "heartbeat") {
    const afterUs = timeOf("idle_before_heartbeat_ms", given) * 1_000;
    return read("heartbeat_bytes").flatMap((one) => [one, { ...one, afterUs: Math.max(1, afterUs) }]);
  }
  return KINDS[kind] === LOGIN ? read("exchanges") : [];
};

const patienceOf = (kind: string, params: MeasuredCell["params"], given: Parameters): number => {
  const key = kind === "port_block" ? "connect_timeout_ms" : kind === "heartbeat" ? "app_timeout_ms" : undefined;
  if (key === undefined) return (PATIENCE_MS[kind] ?? LOGIN_PATIENCE_MS) * 1_000;
  return (params[key] === "none" ? DAY_MS : timeOf(key, given)) * 1_000;
};

/** Returns a time of the application, in ms: at most a day. */
const timeOf = (key: string, given: Parameters): number => {
  const ms = given.number(key);
  return ms <= DAY_MS ? ms : given.fail(`${key} is ${String(ms)}: up to a day (${String(DAY_MS)}) is modelled`);
};

/** Returns a factory of the middlebox, new for each connection. */
const middleOf = (kind: string, given: Parameters): (() => Wires["middle"]) => {
  if (kind === "port_block") {
    const block = given.text("block");
    if (block !== "drop" && block !== "rst")
      given.fail(`block is ${given.printed("block")}: drop and rst are modelled`);
    return () => () => (block === "drop" ? "drop" : "reset");
  }
  const nat = kind === "heartbeat" ? given.text("nat", "none") : "none";
  if (nat === "none") return () => undefined;
  const [, seconds, then] =
    new RegExp(`^mapping expired after ${NUMBER} s idle: (silent drop|new mapping, server answers RST)$`).exec(nat) ??
    [];
  if (seconds === undefined)
    given.fail(`nat is ${given.printed("nat")}: “mapping expired after 45 s idle: silent drop” is modelled`);
  return () => {
    let isExpired = false;
    return (packet, idleUs) => {
      // A new connection gets a new mapping.
      isExpired = packet !== "syn" && (isExpired || idleUs > Number(seconds) * 1e6);
      return !isExpired ? "pass" : then === "silent drop" ? "drop" : "reset";
    };
  };
};

const sampleOf = (kind: string, { ending, atUs, askedUs }: ConnectionOutcome): Omit<Sample, "events"> => {
  if (kind === "port_block") {
    const endings: Record<string, string> = {
      refused: "connect_error:ECONNREFUSED",
      unreachable: "connect_error:ETIMEDOUT",
    };
    return { ms: atUs / 1_000, ending: endings[ending] ?? "connect_timeout" };
  }
  if (kind === "heartbeat") {
    const endings: Record<string, string> = {
      done: "ok",
      reset: "ex_error:ECONNRESET",
      unreachable: "ex_error:ETIMEDOUT",
    };
    return { ms: (atUs - askedUs) / 1_000, ending: endings[ending] ?? "ex_timeout" };
  }
  return { ms: ending === "done" ? atUs / 1_000 : Infinity, ending };
};
