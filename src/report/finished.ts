/** A finished run, from which every report is made. */
import type { Meta, ReplicationDecisions, RunDocument, RunPictures } from "../study/document.ts";

/** Document, chart data and circumstances of one run. */
export interface FinishedRun {
  readonly document: RunDocument;
  readonly pictures: RunPictures;
  readonly meta: Meta;
  /** The decisions of every replication; none in folders of earlier versions. */
  readonly decisions: readonly ReplicationDecisions[];
}

/** What page and markdown are made of: equal runs give equal bytes, as nothing else of their circumstances is in it. */
export interface ReportedRun extends Omit<FinishedRun, "meta"> {
  readonly meta: Pick<Meta, "reproduce">;
}
