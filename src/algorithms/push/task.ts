/**
 * A push task: an audience to be told at a time. Its state is kept in the task table alone, and every change names the state
 * before it, so that a second dispatcher, or the first one after a crash, changes nothing twice.
 * Met by: src/world/push/dispatchers.ts
 */
import type { Instant } from "../../base/units.ts";
import type { Audience } from "./audience.ts";

/** The name of a task: small letters, digits and hyphens, at most 40. */
export type TaskId = string;

/** How far a task is; it goes through the states in this order. */
export type TaskState = "scheduled" | "triggered" | "scattering" | "sending" | "done";

/** A row of the task table. */
export interface Task {
  /** Unique. */
  readonly id: TaskId;
  /** The subscribers to be told. */
  readonly audience: Audience;
  /** When to begin. */
  readonly due: Instant;
  /** Tasks share the pace in proportion to their weights; more than 0. */
  readonly weight: number;
  /** Changes by one step at a time. */
  readonly state: TaskState;
  /** Subscribers to be told; 0 until the task has been scattered. */
  readonly total: number;
}

const STATES: readonly TaskState[] = ["scheduled", "triggered", "scattering", "sending", "done"];

/** True if `to` is the state right after `from`. */
export const mayFollow = (from: TaskState, to: TaskState): boolean => STATES.indexOf(to) === STATES.indexOf(from) + 1;

/** Returns the state after this one; "done" is followed by "done". */
export const next = (state: TaskState): TaskState => STATES[STATES.indexOf(state) + 1] ?? state;

/** Names a block before it has members, so that all claims of the name are claims of the same block. */
export interface BlockName {
  /** The task that it belongs to. */
  readonly task: TaskId;
  /** Number of the part in the task, from 0. */
  readonly part: number;
  /** Number of the block in the part, from 1. */
  readonly block: number;
}

/** Returns the name as text: "task/part/block". */
export const printBlock = ({ task, part, block }: BlockName): string => `${task}/${String(part)}/${String(block)}`;

/** Returns the part of a subscriber, from 0 to below `parts`: by a hash, so that parts are of equal size for all kinds of uins. */
export const partOf = (uin: number, parts: number): number => {
  let hash = (uin % 4_294_967_296) ^ Math.imul(Math.floor(uin / 4_294_967_296), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) % parts;
};
