/** Draws the regions as a schematic grid of tiles coloured by loss. */
import type { RunPictures } from "../../study/document.ts";
import type { DifferenceCause } from "../causes.ts";
import { html, NOTHING, type Markup } from "./markup.ts";

type Tile = RunPictures["tiles"][number];

/** Lower edges of the colours, percent; fixed, so that two runs compare at a glance. Chosen around the 1–2 % of a normal day. */
export const LOSS_EDGES = [0, 0.5, 1, 1.5, 2, 3, 5, 10] as const;

const WIDTH = 62;
const HEIGHT = 52;
const GAP = 5;
const DECIMALS = 2;
/** The added loss from which a tile is ringed: a share of the loss without the fault, and at least this percentage; chosen. */
const RING = { share: 0.2, percent: 0.1 };

const added = ({ loss, noFault }: Tile): number | undefined =>
  loss === null || noFault === null ? undefined : loss - noFault;

const isHit = (tile: Tile): boolean => {
  const more = added(tile);
  return more !== undefined && more >= Math.max(RING.percent, (tile.noFault ?? 0) * RING.share);
};

const classOf = ({ loss }: Tile): string =>
  loss === null ? "none" : `loss-${String(LOSS_EDGES.findLastIndex((edge) => loss >= edge))}`;

const lossText = (value: number | null): string => (value === null ? "no data" : `${value.toFixed(DECIMALS)} %`);

const inWords = (tile: Tile, cause: DifferenceCause): string => {
  const more = added(tile);
  if (more === undefined) return `${tile.title}: ${lossText(tile.loss)}`;
  const sign = more < 0 ? "−" : "+";
  return `${tile.title}: ${lossText(tile.loss)}, without ${cause} ${lossText(tile.noFault)} (${sign}${Math.abs(more).toFixed(DECIMALS)}\u00a0pp)`;
};

const drawn = (tile: Tile, cause: DifferenceCause): Markup => {
  const [column, row] = tile.tile;
  const [x, y] = [column * (WIDTH + GAP) + GAP, row * (HEIGHT + GAP) + GAP];
  return html`<g class="tile ${classOf(tile)}${isHit(tile) ? " hit" : ""}"
    ><title>${inWords(tile, cause)}</title><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="7"></rect
    ><text class="code" x="${x + WIDTH / 2}" y="${y + 22}">${tile.code.toUpperCase()}</text
    ><text x="${x + WIDTH / 2}" y="${y + 40}">${tile.loss === null ? "–" : tile.loss.toFixed(DECIMALS)}</text></g
  >`;
};

const legend = (cause: DifferenceCause): Markup =>
  html`<ul class="tile-legend" aria-label="Colours of the tiles">
    ${LOSS_EDGES.map((edge, i) => {
      const next = LOSS_EDGES[i + 1];
      return html`<li>
        <span class="swatch loss-${i}"></span
        >${next === undefined ? `${String(edge)} % and more` : `${String(edge)}–${String(next)} %`}
      </li>`;
    })}
    <li><span class="swatch hit"></span>ringed: a fifth or more is added by ${cause}</li>
  </ul>`;

const worst = (tiles: readonly Tile[]): readonly Tile[] => tiles.toSorted((a, b) => (b.loss ?? -1) - (a.loss ?? -1));

/** Returns the grid, the legend of its colours, and the same numbers as a table. */
export const tileGrid = (tiles: readonly Tile[], cause: DifferenceCause): Markup => {
  if (tiles.length === 0) return NOTHING;
  const columns = tiles.map(({ tile }) => tile[0]);
  const rows = tiles.map(({ tile }) => tile[1]);
  const highest = worst(tiles)
    .slice(0, 3)
    .map((tile) => inWords(tile, cause))
    .join("; ");
  const [left, top] = [Math.min(...columns) * (WIDTH + GAP), Math.min(...rows) * (HEIGHT + GAP)];
  const width = (Math.max(...columns) + 1) * (WIDTH + GAP) + GAP - left;
  const height = (Math.max(...rows) + 1) * (HEIGHT + GAP) + GAP - top;
  return html`<div class="map">
      <svg
        width="${width}"
        viewBox="${left} ${top} ${width} ${height}"
        role="img"
        aria-label="Packet loss by region. Highest: ${highest}."
      >
        ${tiles.map((tile) => drawn(tile, cause))}
      </svg>
      <div>
        ${legend(cause)}
        <h3>Highest loss</h3>
        <ol class="worst">
          ${worst(tiles)
            .slice(0, 5)
            .map((tile) => html`<li>${inWords(tile, cause)}</li>`)}
        </ol>
      </div>
    </div>
    <details>
      <summary>All regions as a table</summary>
      <div class="wide" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">region</th>
              <th scope="col">code</th>
              <th scope="col" class="number">loss</th>
              <th scope="col" class="number">without ${cause}</th>
            </tr>
          </thead>
          <tbody>
            ${worst(tiles).map(
              (tile) =>
                html`<tr>
                  <th scope="row">${tile.title}</th>
                  <td>${tile.code}</td>
                  <td class="number">${lossText(tile.loss)}</td>
                  <td class="number">${lossText(tile.noFault)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
};
