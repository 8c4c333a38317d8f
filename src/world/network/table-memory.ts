/**
 * Memory for outcome tables that all threads of a process may share: an outcome does not depend on the thread that computes it. The
 * first thread that needs one stores it; two that do so at once store the same. What earlier processes have computed can be given
 * as blocks behind the tables; a table takes its block when it is first used.
 */
import { assert } from "../../base/assert.ts";
import {
  blockOf,
  blocksFrom,
  columnBytes,
  columnsAt,
  fillFrom,
  type TableBlock,
  type TableColumns,
  type TableSize,
} from "./table-columns.ts";

/** Tables that are shared (169 MB of them at the present size, used as they are written); each thread holds further ones itself. Chosen. */
const SHARED_TABLES = 256;
/** Most tables: more than `Transport` distinguishes. */
const TABLES_MOST = 65_536;
const WORD = Int32Array.BYTES_PER_ELEMENT;
/** Where the columns of the first table are. */
const TABLES_AT = (1 + TABLES_MOST) * WORD;

const endOf = (size: TableSize): number => TABLES_AT + SHARED_TABLES * columnBytes(size, size.entries);

/** Gives tables their columns, shared or of this thread. */
export class TableMemory {
  readonly #size: TableSize;
  readonly #memory: SharedArrayBuffer | undefined;
  /** The number of tables with columns, then by table its index among them, from 1. */
  readonly #indices: Int32Array;
  readonly #blocks: ReadonlyMap<number, TableBlock>;

  /** Without shared memory, this thread holds every table itself. */
  constructor(size: TableSize, memory?: SharedArrayBuffer) {
    this.#size = size;
    this.#memory = memory;
    this.#indices = new Int32Array(memory ?? new ArrayBuffer(WORD), 0, memory === undefined ? 1 : 1 + TABLES_MOST);
    this.#blocks = memory === undefined ? new Map() : blocksFrom(memory, endOf(size), size);
  }

  /** Allocates memory for all tables of one size, with the blocks that earlier processes have left. */
  static allocate(size: TableSize, blocks: Uint8Array = new Uint8Array()): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(endOf(size) + blocks.byteLength);
    new Uint8Array(memory).set(blocks, endOf(size));
    return memory;
  }

  /**
   * Returns blocks for a later process, of at most `most` bytes: those of the tables in use, with what `stored` has of them, then
   * the others of `stored`.
   */
  blocks(stored: Uint8Array, most: number): readonly Uint8Array[] {
    const others = blocksFrom(new Uint8Array(stored).buffer, 0, this.#size);
    const used = Array.from({ length: TABLES_MOST }, (_, place) => place).filter((place) => this.#isShared(place));
    const blocks = used.map((place) => {
      const columns = this.columns(place);
      const other = others.get(place);
      if (other !== undefined) fillFrom(other, columns, this.#size);
      others.delete(place);
      return blockOf(place, columns, this.#size);
    });
    let bytes = 0;
    return [...blocks, ...others.values()]
      .map((block) => block.bytes)
      .filter(({ byteLength }) => (bytes += byteLength) <= most);
  }

  /** Returns the columns of a table. */
  columns(place: number): TableColumns {
    const { entries } = this.#size;
    const wasShared = this.#isShared(place);
    const index = this.#memory === undefined ? Infinity : this.#sharedIndex(place);
    const bytes = columnBytes(this.#size, entries);
    const columns =
      index <= SHARED_TABLES
        ? columnsAt(this.#memory!, TABLES_AT + (index - 1) * bytes, this.#size, entries)
        : columnsAt(new ArrayBuffer(bytes), 0, this.#size, entries);
    const block = this.#blocks.get(place);
    if (block !== undefined && !wasShared) fillFrom(block, columns, this.#size);
    return columns;
  }

  /** True if a table has columns that all threads see. */
  #isShared(place: number): boolean {
    const index = this.#memory === undefined ? 0 : Atomics.load(this.#indices, 1 + place);
    return index > 0 && index <= SHARED_TABLES;
  }

  /** Returns the index of a table's columns, the same in all threads. */
  #sharedIndex(place: number): number {
    assert(place < TABLES_MOST, () => `table ${String(place)} of at most ${String(TABLES_MOST)}`);
    const places = this.#indices;
    const known = Atomics.load(places, 1 + place);
    if (known !== 0) return known;
    const fresh = Atomics.add(places, 0, 1) + 1;
    const before = Atomics.compareExchange(places, 1 + place, 0, fresh);
    return before === 0 ? fresh : before;
  }
}
