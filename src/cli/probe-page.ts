/**
 * The report of a probe as a page, with the datagrams of its transcript.
 *
 * @module
 */
import { decodeMessage } from '../ike/message.ts';
import type { Transcript, TranscriptEntry } from '../net/transcript.ts';
import { probePage } from '../report/html/document.ts';
import type { PageDatagram } from '../report/html/payload.ts';
import { messageLines, messageSummary } from '../report/messages.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';

/** Writes the page; one file that needs no other. */
export async function writeProbePage(path: string, { report, transcript }: Pick<Session, 'report' | 'transcript'>, io: Io): Promise<void> {
  const template = await io.readBuilt('report/page.html');
  await io.writeFile(path, await probePage(template, report, datagramsOf(transcript)));
}

/** The entries of a transcript as the page shows them, in the order in which `evidence` counts them. */
export function datagramsOf({ entries }: Pick<Transcript, 'entries'>): readonly PageDatagram[] {
  return entries.map((entry) => {
    const { at, direction, bytes } = entry;
    return { at, direction, ...told(entry), hex: Buffer.from(bytes).toString('hex') };
  });
}

function told({ bytes, obstacle }: TranscriptEntry): Pick<PageDatagram, 'summary' | 'lines'> {
  if (obstacle !== undefined) return { summary: `ICMP: ${obstacle.kind} (${obstacle.code})`, lines: [] };
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) return { summary: `no IKE message: ${decoded.fault.code} at octet ${decoded.fault.offset}`, lines: [] };
  const { header, payloads, faults } = decoded.value;
  const wrong = faults.map(({ code, offset, field }) => `fault: ${code} at octet ${offset}, ${field}`);
  return { summary: messageSummary(header, payloads), lines: [...messageLines(header, payloads), ...wrong] };
}
