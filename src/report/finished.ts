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
