/**
 * Declares what a section is: everything about a system of the world that is needed before a run starts. The section has the
 * names in it, the figures and the cost; its form has the keys in the scenario file, the places and effects of faults, and the
 * interventions. `sections.ts` lists all sections and `forms.ts` their forms; no other file names a system.
 */
import type { z } from "zod";
import type { Duration, Instant } from "../base/units.ts";
import type { CamelKey } from "./fields.ts";
import type { Figure } from "./figure-parts.ts";
import type { Reporter } from "./findings.ts";
import type { Metrics } from "./metric.ts";
import type { Path } from "./positions.ts";

/** The keys of a map, each with its schema. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/**
 * One part that a world may have, as runs and studies know it. Its functions take the section's own part of the world. They are
 * declared as methods, so that a list can hold sections of different worlds; each is only called with a world that its own form
 * accepted.
 */
export interface Section {
  /** Name of its folder on every floor. */
  readonly name: string;
  /** True if the world has this system. */
  isIn(world: object): boolean;
  /** Returns all names by kind, for `where` and for labels; undefined for a kind whose names are not known yet. */
  names(world: object, known: KnownNames): Names;
  /** The selectors of all its places: a fault with one of them is this section's. */
  readonly selectors: readonly string[];
  /** The kinds of its interventions. */
  readonly actions: readonly string[];
  /** What a run measures, by name. */
  readonly metrics: Metrics;
  /** Returns how many people, tasks of people or subscribers a figure is about in the given time, if nothing fails. */
  concerned(world: object, figure: Figure, seconds: number): number;
  /** True if it has a scheduler whose decisions are reported. */
  readonly decides: boolean;
  /** True if several threads can share one replication. */
  readonly runsOnThreads: boolean;
  /** Returns the cost of one replication. */
  cost(world: object, run: RunSize): Cost;
}

/** How a section is written in a scenario file. Only who reads one loads it: its schemas take longer than a short run. */
export interface Form {
  /** What is written. */
  readonly section: Section;
  /** Its keys in the scenario file, each with its schema; an optional key is `z.exactOptional`. */
  readonly shape: Shape;
  /** Reports inconsistencies in the readable parts of the world. */
  check(world: object, context: CheckContext): void;
  /** Returns a warning about a valid but risky configuration; undefined if there is none. */
  warn?(world: object): string | undefined;
  /** The kinds of place that a fault may target, by name. */
  readonly targets: Readonly<Record<string, Target>>;
  /** Actions of operators, by key in the file. */
  readonly interventions: Readonly<Record<string, ActionKind>>;
  /** Parameters, by dotted path, that name or place things and need no provenance. */
  readonly notParameters: readonly RegExp[];
  /** Defaults that count as parameters even if a file does not write them. */
  readonly defaults?: Defaults;
}

/** What a check of the world needs. */
export interface CheckContext {
  /** Length of the run; undefined if it cannot be read. */
  readonly duration: Duration | undefined;
  /** Takes the problems. */
  readonly report: Reporter;
  /** True if the scenario's own file writes a value at the path; if options change the section, only what they write counts. */
  readonly isOwn: (path: Path) => boolean;
  /** True if a base of the scenario has a value at the path. */
  readonly isInherited: (path: Path) => boolean;
}

/** Names by kind (`region`, `gateway`, `tier` …); undefined for a kind whose part of the world cannot be read. */
export type Names = Readonly<Record<string, readonly string[] | undefined>>;

/** What is known of the file while the world may be incomplete. */
export interface KnownNames {
  /** Returns the keys of a map of the file that are well-formed names, whatever their values. */
  readonly keysOf: (key: string) => readonly string[];
  /** True if the file has this key, or one that may be a mistyped form of it. */
  readonly has: (key: string) => boolean;
}

/** A kind of place that a fault may target, such as network paths or hosts. */
export interface Target {
  /** Plural noun in errors and lists, e.g. "network paths". */
  readonly noun: string;
  /** The keys of `where`. */
  readonly selectors: Shape;
  /** What a fault can do there, by key. */
  readonly effects: Readonly<Record<string, Effect>>;
  /** Returns an error for a selection that matches no place; called if all names are known. */
  picks?(where: object, world: object): string | undefined;
}

/** What a fault does to its target. */
export interface Effect {
  /** Schema of its value. */
  readonly field: z.ZodType;
  /** Selectors that it honours; all of the target's by default. */
  readonly honours?: readonly string[];
  /** Hint for a selector that it does not honour. */
  readonly instead?: string;
  /** True if it happens once, when the fault begins, so that `until` does not apply. */
  readonly isInstant?: true;
  /** Reports a value that does not fit the selected places. */
  check?(where: object, path: Path, report: Reporter): void;
}

/** A kind of action that operators can take. */
export interface ActionKind<A extends Action = Action> {
  /** Schema of its value. */
  readonly field: z.ZodType;
  /** Returns the action for a value of the field; `kind` is its first key. */
  resolve(given: unknown): A;
  /** Reports unknown names and orders that cannot be carried out. */
  check?(action: A, path: Path, context: ActionContext): void;
}

/** An action of operators. */
export interface Action {
  /** Its key in the file. */
  readonly kind: string;
}

/** What a check of an action needs. */
export interface ActionContext {
  /** All names of the scenario. */
  readonly names: Names;
  /** The readable parts of the world. */
  readonly world: object;
  /** Takes the problems. */
  readonly report: Reporter;
}

/** Defaults of one map of the file. */
export interface Defaults {
  /** Key of the map. */
  readonly key: string;
  /** Keys of the map, each with its schema. */
  readonly shape: Shape;
  /** Defaults by camelCase key. */
  readonly values: Readonly<Record<string, number>>;
}

/** The parts of a run plan that determine its cost. */
export interface RunSize {
  /** Simulated time. */
  readonly duration: Duration;
  /** People per row. */
  readonly peopleARow: number;
}

/** The estimated cost of one replication on one thread. */
export interface Cost {
  /** Number of `noun` that are simulated one by one. */
  readonly count: number;
  /** Highest number of them that can be simulated on any machine; absent if only memory limits it. */
  readonly most?: number;
  /** Plural noun of what is counted, e.g. "rows". */
  readonly noun: string;
  /** Memory. */
  readonly bytes: number;
  /** Computing time. */
  readonly seconds: number;
}

/** The selectors of a `where` after reading, each optional. */
export type Selection<S extends Shape> = { readonly [K in keyof S]?: z.output<S[K]> };

/** A fault after reading: `where` and `effects` belong to one target of its section. */
export interface FaultOf<S extends { readonly targets: Readonly<Record<string, Target>> }> {
  /** Unique among faults and interventions. */
  readonly id: string;
  /** When it begins. */
  readonly at: Instant;
  /** When it ends; undefined if it lasts. */
  readonly until: FaultEnd;
  /** Affected places: all that match every selector. */
  readonly where: Selection<Merged<S["targets"][keyof S["targets"]]["selectors"]>>;
  /** What happens there. */
  readonly effects: Caused<Merged<S["targets"][keyof S["targets"]]["effects"]>>;
}

/** The end of a fault: with an intervention, at a time, or never. */
export type FaultEnd = { readonly intervention: string } | { readonly at: Instant } | undefined;

type Keys<U> = U extends unknown ? keyof U : never;
type At<U, K extends PropertyKey> = U extends Readonly<Record<K, infer V>> ? V : never;
/** All keys of the members of a union, each with its values in any of them. */
type Merged<U> = { readonly [K in Keys<U>]: At<U, K> };

/** The effects of a fault after reading, each optional, in camelCase. */
type Caused<E> = {
  readonly [K in keyof E as CamelKey<K & string>]?: E[K] extends { readonly field: infer F extends z.ZodType }
    ? z.output<F>
    : never;
};
