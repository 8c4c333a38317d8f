/** The system of services in a run: the machines behind the access servers, their book, and their faults. */
import { Digest } from "../../base/digest.ts";
import type { Instant } from "../../base/units.ts";
import type { Figure, LabelMatch } from "../../scenario/figure-parts.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { ServicesFault } from "../../scenario/services/faults.ts";
import { SERVICES } from "../../scenario/services/section.ts";
import { ServicesFaults } from "../../world/services/faults.ts";
import { Services } from "../../world/services/services.ts";
import { GUARD, type Guard } from "../../world/services/tiers.ts";
import type { InvariantResult } from "../findings.ts";
import type { SeriesSample } from "../replication.ts";
import type { Extreme } from "../samples.ts";
import type { RunContext, Running, System } from "../system.ts";
import { ServicesBook } from "./book.ts";
import { linesOf } from "./charts.ts";
import { readFigure } from "./figures.ts";
import { ServicesInvariants } from "./invariants.ts";

/** Returns the system of services with the given guard; tests pass a sabotaged one to show that it is caught. */
export const services = (guard: Guard = GUARD): System => ({
  section: SERVICES,
  start: (scenario, context) => new ServicesRun(scenario, context, guard),
});

class ServicesRun implements Running {
  readonly #digest = new Digest();
  readonly #book: ServicesBook;
  readonly #services: Services;
  readonly #faults: ServicesFaults;
  readonly #invariants: ServicesInvariants;

  constructor(scenario: Scenario, { seed }: RunContext, guard: Guard) {
    const model = scenario.world.services!;
    this.#book = new ServicesBook(model, scenario);
    this.#services = new Services({ model, seed, notes: this.#book, digest: this.#digest, guard });
    this.#faults = new ServicesFaults(this.#services);
    this.#invariants = new ServicesInvariants(this.#services);
  }

  advance(start: Instant, end: Instant): number {
    const events = this.#services.advance(end);
    this.#book.sample(this.#services, start);
    return events;
  }

  finish(): void {
    this.#services.finish();
  }

  begin(fault: ServicesFault): void {
    this.#faults.begin(fault);
  }

  end(fault: ServicesFault): void {
    this.#faults.end(fault);
  }

  check(): readonly InvariantResult[] {
    return this.#invariants.check();
  }

  addTo(digest: Digest): void {
    digest.sum(this.#digest.words);
  }

  read(figure: Figure, labels: readonly LabelMatch[]): Extreme {
    return readFigure(figure, labels, this.#book);
  }

  lines(): readonly SeriesSample[] {
    return linesOf(this.#book);
  }
}
