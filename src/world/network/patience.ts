/** How long an application waits for its connection: no connection outlives this, whatever the path loses. */
import { assert } from "../../base/assert.ts";

/** What the application's patience depends on; times in us. */
interface Patience {
  /** Requests and the pauses before them. */
  readonly exchanges: readonly { readonly afterUs?: number }[];
  /** The application gives up this long after its start; after the latest request, if it pauses before requests. */
  readonly patienceUs: number;
}

/** Time that a client which pauses allows for all that comes before the first pause. Chosen, longer than kernels repeat a segment. */
const SETUP_US = 1_200_000_000;

/** Returns when the application gives up unless a request after a pause has been sent by then, us from the first SYN. */
export const firstDeadlineOf = ({ exchanges, patienceUs }: Patience): number =>
  exchanges.some(({ afterUs = 0 }) => afterUs > 0) ? SETUP_US : patienceUs;

/** Returns the longest time that a connection can last, us from the first SYN; it must be finite. */
export const lifeOf = (patience: Patience): number => {
  const { exchanges, patienceUs } = patience;
  const lifeUs = exchanges.reduce(
    (sum, { afterUs = 0 }) => sum + (afterUs > 0 ? afterUs + patienceUs : 0),
    firstDeadlineOf(patience),
  );
  assert(Number.isFinite(lifeUs), () => "a connection has no end");
  return lifeUs;
};
