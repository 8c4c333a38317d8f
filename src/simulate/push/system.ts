/** The system of push in a run: reminders and their delivery, their book, and their faults. */
import { Digest } from "../../base/digest.ts";
import type { Instant } from "../../base/units.ts";
import { sectionOf } from "../../scenario/known.ts";
import type { Figure, LabelMatch } from "../../scenario/figure-parts.ts";
import type { PushFault } from "../../scenario/push/faults.ts";
import { PUSH } from "../../scenario/push/section.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { MACHINES, Push, type PushMachines } from "../../world/push/push.ts";
import type { InvariantResult } from "../findings.ts";
import type { SeriesSample } from "../replication.ts";
import type { Extreme } from "../samples.ts";
import type { RunContext, Running, System } from "../system.ts";
import { PushBook } from "./book.ts";
import { linesOf } from "./charts.ts";
import { readFigure } from "./figures.ts";
import { PushInvariants } from "./invariants.ts";

/** Returns the system of push with the given worker and dispatcher; tests pass sabotaged ones to show that they are caught. */
export const push = (machines: PushMachines = MACHINES): System => ({
  section: PUSH,
  start: (scenario, context) => new PushRun(scenario, context, machines),
});

class PushRun implements Running {
  readonly #digest = new Digest();
  readonly #book: PushBook;
  readonly #push: Push;
  readonly #invariants: PushInvariants;

  constructor(scenario: Scenario, { seed }: RunContext, machines: PushMachines) {
    const model = scenario.world.push!;
    this.#book = new PushBook(model, scenario);
    const faults = scenario.faults.filter((fault): fault is PushFault => sectionOf(fault) === PUSH);
    this.#push = new Push({ model, seed, notes: this.#book, digest: this.#digest, machines, faults });
    this.#invariants = new PushInvariants(this.#push);
  }

  advance(_start: Instant, end: Instant): number {
    return this.#push.advance(end);
  }

  begin(fault: PushFault): void {
    this.#push.faults.begin(fault);
  }

  end(fault: PushFault): void {
    this.#push.faults.end(fault);
  }

  check(isLast: boolean): readonly InvariantResult[] {
    return this.#invariants.check(isLast);
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
