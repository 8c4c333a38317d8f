/**
 * A section: everything that a system of the world says before a run starts. Its keys in the scenario file, the names in
 * it, the places where faults strike and what they do there, the interventions, the figures, and its cost. `sections.ts`
 * lists them; nothing else names a system.
 */
import type { z } from "zod";
import type { Duration, Instant } from "../base/units.ts";
import type { CamelKey } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import type { Metrics } from "./metric.ts";
import type { Path } from "./positions.ts";

export type Shape = Readonly<Record<string, z.ZodType>>;

/**
 * Functions take the section's own part of the world. They are declared as methods, so that a list can hold sections of
 * different worlds; each is only called with a world that its own shape accepted.
 */
export interface Section {
  /** The name of its folder on every floor. */
  readonly name: string;
  /** Its keys in the scenario file, each with its shape; an optional key is `z.exactOptional`. */
  readonly shape: Shape;
  /** True if the world has this system. */
  isIn(world: object): boolean;
  /** Reports what does not fit together in the readable parts of the world. */
  check(world: object, context: CheckContext): void;
  /** Returns a warning about a valid but risky configuration; undefined if there is none. */
  warn?(world: object): string | undefined;
  /** Returns all names by kind, for `where` and for labels; undefined for a kind that cannot be told yet. */
  names(world: object, known: KnownNames): Names;
  /** The kinds of place that a fault may strike, by name. */
  readonly targets: Readonly<Record<string, Target>>;
  readonly interventions: Readonly<Record<string, ActionKind>>;
  readonly metrics: Metrics;
  /** Parameters by dotted path that name or draw things and need no provenance. */
  readonly notParameters: readonly RegExp[];
  /** Values that count as parameters although a file need not write them. */
  readonly defaults?: Defaults;
  /** True if a scheduler of its own takes decisions that reports tell. */
  readonly decides: boolean;
  /** True if several threads can run one replication together. */
  readonly runsOnThreads: boolean;
  /** Returns what one replication costs. */
  cost(world: object, run: RunSize): Cost;
}

export interface CheckContext {
  readonly duration: Duration | undefined;
  readonly report: Reporter;
}

/** Names by kind (`region`, `gateway`, `tier` …); undefined while the world is not known well enough to tell. */
export type Names = Readonly<Record<string, readonly string[] | undefined>>;

export interface KnownNames {
  /** Returns the keys of a map of the file that are names, right or wrong otherwise. */
  readonly keysOf: (key: string) => readonly string[];
  /** False if the file has no such key, and none that looks like a slip of it. */
  readonly has: (key: string) => boolean;
}

/** A kind of place that one fault may strike, such as network paths or hosts. */
export interface Target {
  /** As errors and lists print it, e.g. "network paths". */
  readonly noun: string;
  readonly selectors: Shape;
  readonly effects: Readonly<Record<string, Effect>>;
  /** Reports a selection that picks nothing; called once every name is known. */
  picks?(where: object, world: object): string | undefined;
}

/** What a fault does to its target. */
export interface Effect {
  /** How it is written. */
  readonly field: z.ZodType;
  /** Selectors that it respects; all of the target's by default. */
  readonly honours?: readonly string[];
  /** What to write instead of a selector that it does not respect. */
  readonly instead?: string;
  /** True if it happens once, at the fault's begin: an end means nothing. */
  readonly isInstant?: true;
  /** Reports a value that does not fit the selected places. */
  check?(where: object, path: Path, report: Reporter): void;
}

/** What operators can do. */
export interface ActionKind<A extends Action = Action> {
  readonly field: z.ZodType;
  /** Returns the action of a field's value; `kind` comes first. */
  resolve(given: unknown): A;
  /** Reports names that do not exist, and orders that cannot be carried out. */
  check?(action: A, path: Path, context: ActionContext): void;
}

export interface Action {
  readonly kind: string;
}

export interface ActionContext {
  readonly names: Names;
  readonly world: object;
  readonly report: Reporter;
}

/** Defaults of the map at `key`, by the names of the program. */
export interface Defaults {
  readonly key: string;
  readonly shape: Shape;
  readonly values: Readonly<Record<string, number>>;
}

export interface RunSize {
  readonly duration: Duration;
  readonly peopleARow: number;
}

/** Of one replication on one thread. */
export interface Cost {
  /** How many `noun` are simulated one by one. */
  readonly count: number;
  readonly noun: string;
  readonly bytes: number;
  readonly seconds: number;
}

/** The selectors of a `where` after reading, each optional. */
export type Selection<S extends Shape> = { readonly [K in keyof S]?: z.output<S[K]> };

/** A fault as its section judged it: `where` and `effects` are of one of its targets. */
export interface FaultOf<S extends { readonly targets: Readonly<Record<string, Target>> }> {
  readonly id: string;
  readonly at: Instant;
  /** When it ends: with an intervention, at a time, or never. */
  readonly until: FaultEnd;
  readonly where: Selection<Merged<S["targets"][keyof S["targets"]]["selectors"]>>;
  readonly effects: Caused<Merged<S["targets"][keyof S["targets"]]["effects"]>>;
}

export type FaultEnd = { readonly intervention: string } | { readonly at: Instant } | undefined;

type Keys<U> = U extends unknown ? keyof U : never;
type At<U, K extends PropertyKey> = U extends Readonly<Record<K, infer V>> ? V : never;
/** All keys of the members of a union, each with the values that it has in any of them. */
type Merged<U> = { readonly [K in Keys<U>]: At<U, K> };

/** The effects of a fault after reading, each optional, by the names of the program. */
type Caused<E> = {
  readonly [K in keyof E as CamelKey<K & string>]?: E[K] extends { readonly field: infer F extends z.ZodType }
    ? z.output<F>
    : never;
};
