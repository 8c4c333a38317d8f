/** What every view of a run is made from. */
import type { Meta, RunDocument, RunPictures } from "../study/document.ts";

export interface FinishedRun {
  readonly document: RunDocument;
  readonly pictures: RunPictures;
  readonly meta: Meta;
}
