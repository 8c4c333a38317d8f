/**
 * Whether it is the port: carriers block ports, not servers, and whoever cannot come in by one may come in by another.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Cell } from "./cell.ts";
import { type Finding, HINT, measure, told, verdictOf } from "./finding.ts";
import type { Places } from "./places.ts";
import { add, type Evidence, type Quality, type Rise } from "./quality.ts";
import type { Witnesses } from "./witnesses.ts";

/** So long an answer of neighbours is worth waiting for. */
export const WAIT_FOR_NEIGHBOURS_SECONDS = 30;

/** Nats for clean elsewhere that leave nothing to wait for. */
const CLEAN = 5;

/** What is asked: since which round, by how much it is worse, how long we have waited, and how many nats are proof. */
export interface Question {
  readonly since: number;
  readonly rise: Rise;
  readonly waited: number;
  readonly proof: number;
}

export class Ports {
  readonly #quality: Quality;
  readonly #places: Places;
  readonly #witnesses: Witnesses;

  constructor(quality: Quality, places: Places, witnesses: Witnesses) {
    this.#quality = quality;
    this.#places = places;
    this.#witnesses = witnesses;
  }

  /**
   * Is it the port? It is when the same servers answer well on another one, and when siblings to the same line are worse on
   * the same port and clean on another. It is, too, when on other lines the same port is worse and another is clean: then it
   * is blocked wherever these users go. Trouble with connecting is worth a moment's wait for an answer.
   */
  explain(
    sick: readonly Cell[],
    elsewhere: Evidence,
    { since, rise, waited, proof }: Question,
    why: readonly string[],
  ): Finding | "wait" | undefined {
    const places = this.#places;
    const scope = new Set(sick.map(({ gateway }) => gateway));
    const endpoints = new Set(sick.map(({ endpoint }) => endpoint));
    const ports = new Set([...endpoints].map((endpoint) => places.endpoint(endpoint).port));
    const first = [...endpoints].sort((a, b) => a - b)[0]!;
    const lines = new Set([...endpoints].map((endpoint) => places.lineOf[endpoint]!));
    const servers = new Set([...endpoints].flatMap((endpoint) => places.unit("server", endpoint)));
    const ask = (isIn: (endpoint: number, isSamePort: boolean) => boolean): Evidence =>
      this.#witnesses.ask(scope, first, since, rise, (other) => isIn(other, ports.has(places.endpoint(other).port)));
    const isElsewhere = (endpoint: number): boolean => !lines.has(places.lineOf[endpoint]!);
    const here = ask((endpoint, isSamePort) => servers.has(endpoint) && !isSamePort);
    const same = ask((endpoint, isSamePort) => isElsewhere(endpoint) && isSamePort);
    const other = add(
      here,
      ask((endpoint, isSamePort) => isElsewhere(endpoint) && !isSamePort),
    );
    const isBlockedEverywhere = same.nats >= HINT && verdictOf(other, proof) === "clean";
    const peers = (isSamePort: boolean): Evidence =>
      this.#witnesses.siblings(scope, since, rise, (endpoint) => {
        const { port } = places.endpoint(endpoint);
        return lines.has(places.lineOf[endpoint]!) && ports.has(port) === isSamePort;
      });
    const isForSiblings = (): boolean => peers(true).nats >= HINT && verdictOf(peers(false), proof) === "clean";
    if (!isBlockedEverywhere && verdictOf(here, proof) !== "clean" && !isForSiblings()) {
      const mayBe = rise.connects > 0 && here.nats < HINT && (elsewhere.nats > -CLEAN || same.nats >= HINT);
      return mayBe && waited < WAIT_FOR_NEIGHBOURS_SECONDS ? "wait" : undefined;
    }
    const unit = isBlockedEverywhere
      ? [...places.endpoints.keys()].filter((endpoint) => ports.has(places.endpoint(endpoint).port))
      : [...endpoints];
    const reasons = [
      ...why,
      ...told("other ports of the same servers", here),
      ...told("the same port on other lines", same),
      ...told("other ports, there and here", other),
      ...told("siblings on the same port", peers(true)),
      ...told("siblings on other ports", peers(false)),
    ];
    const to = isBlockedEverywhere ? `port ${[...ports].join(", ")}` : places.unitName("port", first);
    return {
      ...measure(this.#quality, sick, since, rise, reasons),
      what: "port fault",
      who: `${scopeName(places, scope)} to ${to}`,
      ip: isBlockedEverywhere ? "" : places.endpoint(first).ip,
      gateways: scope,
      unit: new Set(unit),
      level: "port",
    };
  }
}

/** A gateway's name, or that of its region and carrier when it is about several. */
export const scopeName = (places: Places, scope: ReadonlySet<number>): string => {
  const [first] = scope;
  return scope.size === 1 ? places.gateway(first!).name : places.groupNames[places.groupOf[first!]!]!;
};
