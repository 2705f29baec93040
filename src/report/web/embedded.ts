/**
 * What the file carries: packed data in elements that the browser neither shows nor runs.
 *
 * @module
 */
import type { DetailsBlock, MatrixPayload } from '../html/payload.ts';
import { unpack } from '../html/pack.ts';
import type { CellDetails } from '../matrix/result.ts';

/** The data of an element; undefined when there is none. */
export async function embedded<T>(id: string): Promise<T | undefined> {
  const element = document.getElementById(id);
  return element === null ? undefined : ((await unpack(element.textContent)) as T);
}

/** Finds what lies behind a cell; undefined when the file does not hold it. */
export type DetailsOf = (id: string) => Promise<CellDetails | undefined>;

/** Looks cells up in the blocks of the file, and keeps the block that was opened last. */
export function detailsIn({ report, blocks }: Pick<MatrixPayload, 'report' | 'blocks'>): DetailsOf {
  const places = new Map(report.cells.map(({ id }, i) => [id, blocks[i] ?? -1]));
  let opened: { readonly block: number; readonly cells: Promise<DetailsBlock | undefined> } | undefined;
  return async (id) => {
    const block = places.get(id) ?? -1;
    if (block < 0) return undefined;
    if (opened?.block !== block) opened = { block, cells: wholePage().then(() => embedded<DetailsBlock>(`details-${block}`)) };
    return (await opened.cells)?.[id];
  };
}

/** The blocks stand behind the script: the first cells are shown while they are still being read. */
function wholePage(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => document.addEventListener('DOMContentLoaded', () => resolve(), { once: true }));
}
