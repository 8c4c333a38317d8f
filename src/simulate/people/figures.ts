/** Formulas of the figures about people, one for each metric that `scenario/people/figures.ts` declares. */
import { inSeconds } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import type { Series } from "../../measure/series.ts";
import type { Figure, LabelMatch } from "../../scenario/figure-parts.ts";
import { allows } from "../../scenario/metric.ts";
import type { PEOPLE_METRICS } from "../../scenario/people/figures.ts";
import type { SchedulerDecision } from "../../world/seams/scheduling.ts";
import {
  type Extreme,
  largestOf,
  type Measured,
  overSamples,
  shareOf,
  shareOfTrials,
  type Times,
  timeOf,
} from "../samples.ts";
import { ROWS_SPREAD } from "../../world/fleet/arrivals.ts";
import { CENSORED_MS } from "../../world/population/logins.ts";
import { type Book, inWindow, lengthOf, minutesIn } from "./book.ts";
import { readServers, readResources } from "./capacity.ts";
import { windowEnd } from "./incidents.ts";

/** One figure about given people, servers or faults, to be read from the book. */
class Question {
  readonly figure: Figure;
  readonly labels: readonly LabelMatch[];
  readonly book: Book;

  constructor(figure: Figure, labels: readonly LabelMatch[], book: Book) {
    this.figure = figure;
    this.labels = labels;
    this.book = book;
  }

  /** True if the figure is a rate per second. */
  get isRate(): boolean {
    return this.figure.stat === "rate";
  }

  /** True if the figure is a share in percent. */
  get isShare(): boolean {
    return this.figure.stat === "share";
  }

  /** Returns what was counted in the window. */
  count(name: string): number {
    return this.book.ledger.counters.total(inWindow(name, this.figure.window), this.labels).value;
  }

  /** Returns the times noted in the window, in ms. */
  times(name: string): Histogram {
    return this.book.ledger.histograms.total(inWindow(name, this.figure.window), this.labels);
  }

  /** Returns the number of people that a row of the simulation stands for. */
  get each(): number {
    return this.book.scenario.run.peopleARow;
  }

  /** Returns the times of the logins that began in the window, in ms. */
  get logins(): Times {
    return { ended: this.times("login.time"), cut: this.times("login.cut") };
  }

  /** Returns the longest wait for a login in the window, s. */
  get longestWaitS(): number {
    return Math.max(0, this.times("login.queue").max / 1_000);
  }

  /** Returns the time that the slowest server takes for the rows that its queue takes at a time, s; 0 at full scale. */
  get rowWorkS(): number {
    const centres = Object.values(this.book.scenario.world.centres);
    const lines = centres.flatMap((centre) => Object.values(centre.lines));
    return (ROWS_SPREAD * (this.each - 1)) / Math.min(...lines.map(({ logins }) => logins));
  }

  /** Returns how many s a login time may be from that at full scale: that work, but no more than anybody waited. */
  get loginsWithin(): number {
    return Math.min(this.rowWorkS, this.longestWaitS);
  }

  /** Returns the same of a share of logins, in percent points: as much as that time is of the time for which clients wait. */
  get loginShareWithin(): number {
    return Math.min(100, (100 * this.loginsWithin) / this.patienceS);
  }

  /** True if somebody may have waited until they gave up. */
  get mayGiveUp(): boolean {
    return this.longestWaitS + this.rowWorkS >= this.patienceS;
  }

  /** Returns how long clients wait for a login, s. */
  get patienceS(): number {
    return inSeconds(this.book.scenario.world.clients.loginTimeout);
  }

  /** Returns the number of logins that began in the window and were complete or late before the run ended. */
  get judgedLogins(): number {
    const { ended, cut } = this.logins;
    return ended.count + cut.count - this.count("login.undecided");
  }

  /** Returns a ledger series by minute, over all labels that the figure allows. */
  series(name: string): Series {
    return this.book.ledger.series.total(name, this.labels);
  }

  /** Returns the number of people that the figure is about. */
  get people(): number {
    return this.book.ledger.counters.total("people", this.labels).value;
  }

  /** Returns a count unchanged, or divided by the seconds of the window for a rate. */
  perSecond(count: number): number {
    return this.isRate ? count / lengthOf(this.book.scenario, this.figure.window) : count;
  }

  /** Returns the figure's stat over the window's minutes; null without data. */
  overMinutes(value: (minute: number) => number | null): number | null {
    return overSamples(minutesIn(this.book, this.figure.window).map(value), this.figure.stat);
  }

  /** Returns the longest of the delays that the faults in question have; null without data. */
  longest(delay: (id: string) => Measured): Measured {
    const ids = this.faultIds;
    return ids.length === 0 ? { value: null, why: "the scenario has no such fault" } : largestOf(ids.map(delay));
  }

  /** Returns the faults that the figure is about. */
  get faultIds(): readonly string[] {
    return this.book.scenario.faults.map(({ id }) => id).filter((id) => allows(this.labels, "fault", id));
  }

  /** Returns the end of the window, in seconds of simulated time. */
  get end(): number {
    return windowEnd(this.book.scenario, this.figure.window);
  }

  /** Returns the decisions of the window that match the figure's labels. */
  get decisions(): readonly SchedulerDecision[] {
    const { from, to } = this.book.scenario.windows[this.figure.window]!;
    return this.book.decisions
      .filter(({ at }) => at >= inSeconds(from) && at < inSeconds(to))
      .filter((decision) => this.labels.every((match) => isAbout(decision, match, this.book)));
  }

  /** Returns the decisions that move a gateway. */
  get moves(): readonly SchedulerDecision[] {
    return this.decisions.filter(({ kind }) => kind === "move" || kind === "restore");
  }

  /** Returns the decisions that raise an alert. */
  get alerts(): readonly SchedulerDecision[] {
    return this.decisions.filter(({ kind }) => kind === "alert");
  }
}

type Formula = (question: Question) => number | null | Measured | Extreme;

const readCapacity: Formula = ({ figure, labels, book }) => readResources(figure, labels, book);

/** Says how far a value may be from that at full scale, if it may be at all. */
const within = (most: number): Pick<Measured, "within"> => (most === 0 ? {} : { within: most });

const FORMULAS: Readonly<Record<keyof typeof PEOPLE_METRICS, Formula>> = {
  loss: (question) => shareOf(question.count("packets.lost"), question.count("packets.sent")),
  "login.time": (question) => ({
    ...timeOf([question.logins], question.figure.stat, { capMs: CENSORED_MS, each: question.each }),
    ...within(question.loginsWithin),
  }),
  "login.success": (question) => {
    const all = question.judgedLogins;
    const trials = all / question.each;
    const value = shareOf(all - question.count("login.late"), all);
    return { value, trials, ...within(question.mayGiveUp ? question.loginShareWithin : 0) };
  },
  login: (question) => question.perSecond(question.count("login.completed")),
  "login.queue": (question) =>
    timeOf([{ ended: question.times("login.queue"), cut: new Histogram() }], question.figure.stat),
  "login.offered": (question) => {
    const asked = question.series("login-queue.asked");
    return question.overMinutes((minute) => asked.at(minute) / 60);
  },
  "login.goodput": (question) => {
    const [completed, possible] = [question.series("login-queue.completed"), question.series("login-queue.possible")];
    if (question.isRate) return question.overMinutes((minute) => completed.at(minute) / 60);
    const value = question.overMinutes((minute) => shareOf(completed.at(minute), possible.at(minute)));
    return { value, ...within(question.loginShareWithin) };
  },
  "back.delay": (question) => question.longest((id) => question.book.incidents.backDelay(id, question.end)),
  "back.stretch": (question) => question.longest((id) => question.book.incidents.backStretch(id, question.end)),
  "link.broken": (question) => question.perSecond(question.count("link.broken")),
  online: (question) => {
    const [online, all] = [question.series("online"), question.people];
    return question.overMinutes((minute) => shareOf(online.at(minute), all));
  },
  crossing: (question) => {
    const [crossing, online] = [question.series("crossing"), question.series("online")];
    return question.overMinutes((minute) => shareOf(crossing.at(minute), online.at(minute)));
  },
  moved: (question) => {
    const moved = question.count("moved");
    return question.isShare ? shareOf(moved, question.people) : moved;
  },
  move: ({ moves }) => moves.length,
  "move.hourly": ({ moves }) => busiestHour(moves),
  alarm: ({ alerts }) => alerts.length,
  "alarm.delay": (question) => {
    const { incidents, decisions } = question.book;
    return question.longest((id) => incidents.alarmDelay(id, decisions, question.end));
  },
  "alarm.named": (question) => {
    const { incidents, decisions } = question.book;
    const named = question.faultIds
      .map((id) => incidents.named(id, decisions, question.end))
      .filter((one) => one !== null);
    return shareOfTrials(named.filter(Boolean).length, named.length);
  },
  "alarm.false": ({ alerts, book }) => alerts.filter((alert) => book.incidents.isFalse(alert)).length,
  "reroute.delay": (question) => question.longest((id) => question.book.incidents.rerouteDelay(id, question.end)),
  "centre.load": readCapacity,
  "centre.headroom": readCapacity,
  "centre.bought": (question) => ({
    name: undefined,
    value: readResources(question.figure, question.labels, question.book).value,
  }),
  "centre.margin": readCapacity,
  "evacuation.delay": (question) => {
    const { scenario, incidents } = question.book;
    const delays = Object.keys(scenario.world.centres)
      .filter((centre) => allows(question.labels, "centre", centre))
      .map((centre) => incidents.evacuationDelay(centre, question.end));
    return largestOf(delays);
  },
  homeless: (question) => {
    const homeless = question.book.ledger.series.total("homeless");
    if (question.figure.stat !== "last") return question.overMinutes((minute) => homeless.at(minute));
    const last = minutesIn(question.book, question.figure.window).at(-1);
    return last === undefined ? null : homeless.at(last);
  },
  "message.lost": ({ figure, book }) => book.ledger.counters.total(inWindow("message.lost", figure.window)).value,
  "server.load": ({ figure, labels, book }) => readServers(figure, labels, book),
};

/** Figures about load, which have data even if the labels select no people. */
const FULLNESS = ["centre.load", "centre.headroom", "centre.margin", "server.load"];
const PEOPLE = ["region", "carrier", "access", "gateway", "home"];

/** Returns a figure of the people, servers or faults that the labels allow; null without data. */
export const readFigure = (figure: Figure, labels: readonly LabelMatch[], book: Book): Extreme => {
  if (!FULLNESS.includes(figure.metric) && !hasPeople(labels, book))
    return { name: undefined, value: null, why: "nobody is there" };
  const read = FORMULAS[figure.metric as keyof typeof FORMULAS](new Question(figure, labels, book));
  const extreme = { name: undefined, ...(typeof read === "object" && read !== null ? read : { value: read }) };
  return extreme.value === null ? { why: whyNothing(figure, book), ...extreme } : extreme;
};

/** Returns why a figure has no data that does not say so itself. */
const whyNothing = ({ metric, window }: Figure, book: Book): string => {
  if (metric === "login.time" || metric === "login.success") return "no login began in the window";
  if (metric === "loss") return "no packet was sent there in the window";
  if (minutesIn(book, window).length === 0) return "the window has no whole minute";
  return metric === "login.queue" ? "no login reached a server in the window" : "there is nothing to measure";
};

/** True if the labels select at least one person; contradictory labels select none. */
const hasPeople = (labels: readonly LabelMatch[], { ledger }: Book): boolean => {
  const about = labels.filter(({ label }) => PEOPLE.includes(label));
  return about.length === 0 || ledger.counters.total("people", about).value > 0;
};

/** Returns the gateways of the regions and carriers that the labels allow. */
export const gatewaysOf = (labels: readonly LabelMatch[], { world }: Book): readonly string[] =>
  world.gateways
    .filter(({ region, carrier }) => allows(labels, "region", region) && allows(labels, "carrier", carrier))
    .map(({ name }) => name);

const isAbout = (decision: SchedulerDecision, { label, values, negated }: LabelMatch, { world }: Book): boolean => {
  if (label === "fault") return true;
  if (label === "kind") return values.includes(decision.what.replaceAll(" ", "-")) !== negated;
  const about = decision.gateway === undefined ? decision.claim?.gateways : [decision.gateway];
  const isOne = [...(about ?? [])].some((index) => {
    const { region, carrier, name } = world.gateways[index]!;
    return values.includes(label === "region" ? region : label === "carrier" ? carrier : name);
  });
  return isOne !== negated;
};

/** Returns the largest number of moves of one gateway within any hour. */
const busiestHour = (moves: readonly SchedulerDecision[]): number => {
  let most = 0;
  for (const { at, who } of moves)
    most = Math.max(most, moves.filter((other) => other.who === who && other.at > at - 3_600 && other.at <= at).length);
  return most;
};
