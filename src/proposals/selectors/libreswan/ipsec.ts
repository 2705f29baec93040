/**
 * IKEv1 phase 2: groups of proposals in the initiator's order. Of a group the first good AH, ESP and IPCOMP transform; if one
 * of them is not to be had, the next group.
 *
 * Order of the checks: libreswan `parse_ipsec_sa_body`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Choice } from '../../model.ts';
import type { Part } from '../../verdict.ts';
import { answerSa } from '../freeswan/sa.ts';
import type { Request } from '../profile.ts';
import { NONE } from './algorithms.ts';
import { type Bench, pfsGroupOf, wantsOf } from './bench.ts';
import { judgeAh, judgeEsp, judgeIpcomp } from './ipsec-policy.ts';
import { gatherGroup, type Gathered } from './ipsec-proposals.ts';
import { AH, type PfsGroup, ESP, IPCOMP, OWN_SLOT } from './ipsec-reading.ts';
import { type IpsecTransform, LAYOUT, NEWER_LAYOUT, readIpsecTransform } from './ipsec-transform.ts';
import { type Fault, NOTIFY, type Outcome, structure } from './ledger.ts';
import { book } from './log.ts';
import { type Block, PROPOSAL, readHeader } from './packet.ts';
import { refuseSituation } from './sa.ts';

/** One chosen proposal of the group. */
interface Chosen {
  readonly proposal: Gathered;
  readonly transform: IpsecTransform;
}

/** Judges what stands behind the DOI of a phase 2 SA. */
export function judgeIpsec(sa: Block, doi: number, request: Request, bench: Bench): Outcome {
  const { ledger, here, check } = bench;
  const refused = refuseSituation(sa, doi, 'unsupportedDoi2', bench);
  if (refused) return refused;
  const header = readHeader(sa, PROPOSAL);
  if (header.fault) return ledger.end([0, 0], NOTIFY.badProposalSyntax, header.fault);
  // An initiator knows the group that it asked for; a responder learns it from the first transform.
  const pfs: PfsGroup = { group: check ? (pfsGroupOf(here) ?? NONE) : undefined };
  let head: typeof header | undefined = header;
  for (let group = 0; head; group++) {
    const gathered = gatherGroup(sa, head, group, bench);
    if ('code' in gathered) return gathered;
    const outcome = judgeGroup(gathered.proposals, group, pfs, bench);
    if (typeof outcome === 'number') return { code: outcome };
    if (outcome) return afterwards(accepted(outcome, group, pfs, bench), request, bench);
    head = gathered.next;
  }
  ledger.log(book.write('noAcceptableProposal'));
  return { code: NOTIFY.noProposalChosen };
}

type Group = ReadonlyMap<number, Gathered>;

/** What was chosen; the notify that ends the SA; nothing: on to the next group. */
function judgeGroup(proposals: Group, group: number, pfs: PfsGroup, bench: Bench): ReadonlyMap<number, Chosen> | number | undefined {
  const { ledger } = bench;
  const chosen = new Map<number, Chosen>();
  const configured = new Set(wantsOf(bench).map(({ protocol }) => protocol));
  const ah = proposals.get(AH);
  if (ah) {
    const found = firstGood(ah, pfs, bench, (transform) => judgeAh(transform, bench));
    if (!found || typeof found === 'number') return found;
    chosen.set(AH, found);
  }
  const esp = proposals.get(ESP);
  if (esp) {
    const mode = chosen.get(AH)?.transform.mode;
    const found = firstGood(esp, pfs, bench, (transform) => judgeEsp(transform, mode, bench));
    if (!found || typeof found === 'number') return found;
    chosen.set(ESP, found);
  } else if (configured.has(ESP) || (configured.has(AH) && !ah)) {
    const what = configured.has(ESP) ? 'encryption' : 'authentication';
    const line = book.write(what === 'encryption' ? 'needsEncryption' : 'needsAuthentication', { peer: '%any' });
    ledger.refuse([group], [{ reason: { code: 'policy-requires', what, path: [group] }, line }]);
    return undefined;
  }
  const ipcomp = proposals.get(IPCOMP);
  if (ipcomp) {
    const found = compression(ipcomp, proposals.size === 1, pfs, bench);
    if (!found || typeof found === 'number') return found;
    chosen.set(IPCOMP, found);
  }
  return chosen;
}

type Judge = (transform: IpsecTransform) => readonly Fault[] | 'next-group';

/** The first transform without a fault, nothing when there is none, or the notify of the fault that ends the SA. */
function firstGood(proposal: Gathered, pfs: PfsGroup, bench: Bench, judge: Judge): Chosen | number | undefined {
  const { ledger, release } = bench;
  const layout = (release.since('5.1') ? NEWER_LAYOUT : LAYOUT)[proposal.protocol];
  if (!layout) return undefined;
  let previous = -1;
  for (let index = 0; index < proposal.count; index++) {
    const path = [...proposal.path, index];
    const place = { path, layout, previous, last: index === proposal.count - 1, protocol: proposal.protocol };
    const transform = readIpsecTransform(proposal.transforms, place, pfs, bench);
    previous = transform.number;
    const judged = transform.faults.length > 0 ? [] : judge(transform);
    if (judged === 'next-group') return undefined;
    const faults = [...transform.faults, ...judged];
    if (faults.length === 0) {
      ledger.accept(path);
      return { proposal, transform };
    }
    const ended = ledger.refuse(path, faults);
    if (ended !== undefined) return ended;
  }
  return undefined;
}

function compression(proposal: Gathered, bare: boolean, pfs: PfsGroup, bench: Bench): Chosen | number | undefined {
  const { ledger, here } = bench;
  const { path, wellKnownCpi } = proposal;
  if (here.setting('compress') === 'no') {
    const line = book.write('compressionForbidden', { peer: '%any', connection: 'conn' });
    const reason = { code: 'protocol-mismatch', offered: IPCOMP, allowed: [AH, ESP] } as const;
    return ledger.refuse(path, [{ reason, line, notify: NOTIFY.badProposalSyntax }]);
  }
  if (bare && wellKnownCpi) {
    const line = book.write('bareIpcomp', { algorithm: 'DEFLATE' });
    return ledger.refuse(path, [{ reason: structure(line, path), line, notify: NOTIFY.badProposalSyntax }]);
  }
  return firstGood(proposal, pfs, bench, judgeIpcomp);
}

/** The answer: AH, ESP, IPCOMP in this order, whatever the order of the offer. */
function accepted(chosen: ReadonlyMap<number, Chosen>, group: number, pfs: PfsGroup, { here }: Bench): Outcome {
  const ours = here.setup.spi ?? OUR_SPI;
  const parts: Part[] = [];
  const answers = [...chosen].map(([protocol, { proposal, transform }]) => {
    const { number, spiSize } = proposal;
    const { id, attributes, choices, keyBits, path, keyed } = transform;
    const own: Choice = { slot: OWN_SLOT[protocol] ?? 'encryption', id, path, ...(keyed && { keyBits }) };
    parts.push({ path, protocol, choices: [own, ...choices.filter(({ slot }) => slot !== own.slot)] });
    const spi = protocol === IPCOMP ? OUR_CPI : ours;
    return { number, protocol, spiSize, spi, transform: transform.number, id, attributes };
  });
  return { code: 0, selection: { group, parts }, reply: answerSa(answers), group: pfs.group ?? 0 };
}

const OUR_SPI = Uint8Array.of(0, 0, 0x10, 1);
const OUR_CPI = Uint8Array.of(0x12, 0x34);

/** The KE payload is there for the group and only for it; and whether PFS is wanted. */
function afterwards(outcome: Outcome, { keGroup }: Request, bench: Bench): Outcome {
  if (!('selection' in outcome)) return outcome;
  const { ledger, here, check } = bench;
  const group = outcome.group ?? NONE;
  const message = check ? 'Quick Mode R1' : 'Quick Mode I1';
  if (keGroup === undefined && group !== NONE) return keyFault(book.write('keMissing', { message }), bench);
  if (keGroup !== undefined && group === NONE) return keyFault(book.write('keWithoutGroup', { message }), bench);
  if (keGroup !== undefined && keGroup !== group) return { code: NOTIFY.invalidKeyInformation };
  if (check || group !== NONE || pfsGroupOf(here) === undefined) return outcome;
  const reason = { code: 'policy-requires', what: 'PFS', path: [] } as const;
  return ledger.end([], NOTIFY.noProposalChosen, book.write('pfsRequired'), reason);
}

function keyFault(line: LogLine, { ledger }: Bench): Outcome {
  return ledger.end([], NOTIFY.invalidKeyInformation, line);
}
