/** Pages as the program writes them. */
import { pageTemplate } from '../../scripts/page.mjs';
import { matrixPage, probePage } from '../../src/report/html/document.ts';
import { unpack } from '../../src/report/html/pack.ts';
import type { PageDatagram, PagePayload } from '../../src/report/html/payload.ts';
import type { MatrixReport } from '../../src/report/matrix/result.ts';
import type { ProbeReport } from '../../src/probe/result.ts';
import { sampleDetails } from './matrix-details.ts';

let template: Promise<string> | undefined;

/** The template, built once. */
export function builtTemplate(): Promise<string> {
  template ??= pageTemplate();
  return template;
}

/** The page of a matrix run with generated details. */
export async function matrixHtml(
  report: MatrixReport,
  options: { readonly baseline?: MatrixReport; readonly hostile?: boolean; readonly lines?: number } = {},
): Promise<string> {
  const { baseline, hostile = false, lines = 60 } = options;
  const parts: string[] = [];
  const details = { details: async (cell: MatrixReport['cells'][number]) => sampleDetails(cell, { hostile, lines }) };
  for await (const part of matrixPage(await builtTemplate(), report, baseline === undefined ? details : { ...details, baseline }))
    parts.push(part);
  return parts.join('');
}

/** The page of a probe. */
export async function probeHtml(report: ProbeReport, datagrams: readonly PageDatagram[] = []): Promise<string> {
  return probePage(await builtTemplate(), report, datagrams);
}

/** What an element of a page carries; its run when none is named. */
export async function payloadIn<T = PagePayload>(html: string, id = 'run'): Promise<T> {
  const packed = new RegExp(`id="${id}">([A-Za-z0-9+/=]*)</script>`).exec(html)?.[1];
  if (packed === undefined) throw new Error(`the page has no element ${id}`);
  return (await unpack(packed)) as T;
}
