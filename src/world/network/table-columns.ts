/** The columns of outcome tables, and blocks: the filled entries of one table as bytes that outlive the process. */

/** Columns of one table, by entry. */
export interface TableColumns {
  /** Times of each entry. */
  readonly times: Float32Array;
  /** Counts of each entry. */
  readonly counts: Uint16Array;
  /** State of each entry, written last; 0 while it is empty. */
  readonly state: Uint8Array;
}

/** Size of a table. */
export interface TableSize {
  /** Entries of a table, at most 65,536. */
  readonly entries: number;
  /** Times of each entry. */
  readonly times: number;
  /** Counts of each entry. */
  readonly counts: number;
}

/** The filled entries of one table: the rows of `columns` are the entries `indices` of the table. */
export interface TableBlock {
  /** The table. */
  readonly place: number;
  /** Entry of each row, ascending. */
  readonly indices: Uint16Array;
  /** Values of each row. */
  readonly columns: TableColumns;
  /** The block itself. */
  readonly bytes: Uint8Array;
}

const WORD = Uint32Array.BYTES_PER_ELEMENT;
/** Place and number of rows. */
const HEADER = 2 * WORD;

const toWord = (bytes: number): number => Math.ceil(bytes / WORD) * WORD;

/** Returns the bytes that the columns of a number of entries take, a multiple of four. */
export const columnBytes = ({ times, counts }: TableSize, entries: number): number =>
  toWord(entries * (times * Float32Array.BYTES_PER_ELEMENT + counts * Uint16Array.BYTES_PER_ELEMENT + 1));

/** Returns the columns of a number of entries, which begin at byte `at`, a multiple of four. */
export const columnsAt = (memory: ArrayBufferLike, at: number, size: TableSize, entries: number): TableColumns => {
  const times = new Float32Array(memory, at, entries * size.times);
  const counts = new Uint16Array(memory, at + times.byteLength, entries * size.counts);
  return { times, counts, state: new Uint8Array(memory, at + times.byteLength + counts.byteLength, entries) };
};

const blockAt = (memory: ArrayBufferLike, at: number, size: TableSize): TableBlock => {
  const [place, rows] = new Uint32Array(memory, at, 2) as unknown as [number, number];
  const below = at + HEADER + columnBytes(size, rows);
  return {
    place,
    columns: columnsAt(memory, at + HEADER, size, rows),
    indices: new Uint16Array(memory, below, rows),
    bytes: new Uint8Array(memory, at, toWord(below + rows * Uint16Array.BYTES_PER_ELEMENT) - at),
  };
};

/** Returns the blocks of memory from byte `at` to its end, by table. */
export const blocksFrom = (memory: ArrayBufferLike, at: number, size: TableSize): Map<number, TableBlock> => {
  const blocks = new Map<number, TableBlock>();
  for (let next = at; next < memory.byteLength;) {
    const block = blockAt(memory, next, size);
    blocks.set(block.place, block);
    next += block.bytes.byteLength;
  }
  return blocks;
};

/** Copies row `from` of some columns to row `to` of others, its state last. */
const copyRow = (source: TableColumns, from: number, target: TableColumns, to: number, size: TableSize): void => {
  for (let i = 0; i < size.times; i++) target.times[to * size.times + i] = source.times[from * size.times + i]!;
  for (let i = 0; i < size.counts; i++) target.counts[to * size.counts + i] = source.counts[from * size.counts + i]!;
  Atomics.store(target.state, to, Atomics.load(source.state, from));
};

/** Returns the filled entries of a table. */
export const blockOf = (place: number, columns: TableColumns, size: TableSize): TableBlock => {
  const filled: number[] = [];
  for (let entry = 0; entry < size.entries; entry++) if (Atomics.load(columns.state, entry) !== 0) filled.push(entry);
  const rows = filled.length;
  const memory = new ArrayBuffer(toWord(HEADER + columnBytes(size, rows) + rows * Uint16Array.BYTES_PER_ELEMENT));
  new Uint32Array(memory).set([place, rows]);
  const block = blockAt(memory, 0, size);
  block.indices.set(filled);
  for (const [row, entry] of filled.entries()) copyRow(columns, entry, block.columns, row, size);
  return block;
};

/** Fills a table from a block. */
export const fillFrom = ({ indices, columns }: TableBlock, table: TableColumns, size: TableSize): void => {
  for (const [row, entry] of indices.entries()) copyRow(columns, row, table, entry, size);
};
