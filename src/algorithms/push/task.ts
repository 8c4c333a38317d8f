/**
 * A push task: who is to be told, and when. Its state is kept in the task table alone, and every change names the state
 * before it, so that a second dispatcher, or the first one after a crash, changes nothing twice.
 * Met by: src/world/push/dispatchers.ts
 */
import type { Instant } from "../../base/units.ts";
import type { Audience } from "./audience.ts";

/** Small letters, digits and hyphens, at most 40. */
export type TaskId = string;

export type TaskState = "scheduled" | "triggered" | "scattering" | "sending" | "done";

export interface Task {
  readonly id: TaskId;
  readonly audience: Audience;
  readonly due: Instant;
  /** Its share of the pace is as its weight to the others'. */
  readonly weight: number;
  readonly state: TaskState;
  /** Subscribers to be told; 0 until the task has been scattered. */
  readonly total: number;
}

const STATES: readonly TaskState[] = ["scheduled", "triggered", "scattering", "sending", "done"];

/** Whether a task goes from one state to the other: always one step forward. */
export const mayFollow = (from: TaskState, to: TaskState): boolean => STATES.indexOf(to) === STATES.indexOf(from) + 1;

/** The state after this one; a task that is done stays so. */
export const next = (state: TaskState): TaskState => STATES[STATES.indexOf(state) + 1] ?? state;

/** A block has a name before it has members: whoever claims it, once or again, claims the same block. Blocks count from 1. */
export interface BlockName {
  readonly task: TaskId;
  readonly part: number;
  readonly block: number;
}

export const printBlock = ({ task, part, block }: BlockName): string => `${task}/${String(part)}/${String(block)}`;

/** The part, of so many, that a subscriber belongs to: by a hash, so that parts are of a size whatever the uins are like. */
export const partOf = (uin: number, parts: number): number => {
  let hash = (uin % 4_294_967_296) ^ Math.imul(Math.floor(uin / 4_294_967_296), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) % parts;
};
