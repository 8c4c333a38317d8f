/** A tiny world under some weather, and the figures that its tests look at. */
import { simulate } from "../../../src/simulate/simulation.ts";
import type { Replication } from "../../../src/simulate/replication.ts";
import { tiny } from "../support.ts";

export const figure = (run: Replication, text: string): number => run.figures[text]!.value!;

/** Returns a story with these faults, and figures that tests of weather look at. */
const story = (faults: string, rest = ""): string => `
faults:
${faults}
windows: { during: 12 min..18 min, after: 24 min..30 min }
${rest}
thresholds:
  - { figure: "loss.mean{region=hainan,window=during}", max: 100 % }
  - { figure: "loss.mean{region=hainan,window=after}", max: 100 % }
  - { figure: "loss.mean{region=beijing,window=during}", max: 100 % }
  - { figure: "online.min{region=hainan}", min: 0 % }
  - { figure: "online.share{region=hainan,window=after}", min: 0 % }
  - { figure: "link.broken.count{region=hainan}", min: 0 }
  - { figure: "login.count{region=hainan,window=during}", min: 0 }
  - { figure: "login.success.share{region=hainan,window=during}", min: 0 % }
  - { figure: "login.time.p50{region=hainan,window=during}", min: 0 s }
  - { figure: "alarm.false.count", max: 100 }
`;

/** Runs the tiny world once with these faults, and other sections after them. */
export const run = (faults: string, rest = "", set: readonly string[] = []): Replication =>
  simulate(tiny(story(faults, rest), set), { replication: 0, faults: true, interventions: true });
