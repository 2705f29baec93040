/**
 * Phase 2: groups of proposals in the initiator's order. Of a group the first good AH transform, then the first good
 * ESP transform, then the first good IPCOMP transform; if one of them is not to be had, the next group.
 *
 * Order of the checks: FreeS/WAN 2.0x `spdb.c`, `parse_ipsec_sa_body`.
 *
 * @module
 */
import type { Choice } from '../../model.ts';
import type { Part } from '../../verdict.ts';
import { judgeAh, judgeEsp, judgeIpcomp } from './acceptable.ts';
import { type ChosenTransform, type Decoded, type Fault, isFaulty, type Ledger, type Outcome, structure } from './ledger.ts';
import * as names from './names.ts';
import type { Bench } from './bench.ts';
import { AH, type Common, ESP, IPCOMP, type IpsecTransform, OWN_SLOT, readIpsecTransform } from './phase2-transform.ts';
import { gatherGroup, type Gathered, readProposalHead } from './proposals.ts';
import { type Answer, answerSa, NOTIFY, refuseSituation, u16, u32 } from './sa.ts';
import { type Block, transformLayout } from './structure.ts';

/** One chosen proposal of the group. */
interface Chosen {
  readonly proposal: Gathered;
  readonly transform: IpsecTransform;
  /** Index in its proposal. */
  readonly index: number;
}

/** Judges what stands behind the DOI of a phase 2 SA. */
export function judgePhase2(sa: Block, doi: number, bench: Bench): Outcome {
  const { ledger } = bench;
  const refused = refuseSituation(sa, doi, 'Unknown or unsupported', ledger);
  if (refused) return refused;
  const common: Common = { group: undefined };
  let head = readProposalHead(sa);
  for (let group = 0; ; group++) {
    const gathered = gatherGroup(sa, head, group, bench);
    if ('code' in gathered) return gathered;
    const outcome = judgeGroup(gathered.proposals, group, common, bench);
    if (outcome) return outcome;
    if (!gathered.next) break;
    head = gathered.next;
  }
  ledger.log('no acceptable Proposal in IPsec SA');
  return { code: NOTIFY.noProposalChosen };
}

/** An outcome ends the SA; nothing: on to the next group. */
function judgeGroup(proposals: ReadonlyMap<number, Gathered>, group: number, common: Common, bench: Bench): Outcome | undefined {
  const { ledger, connection } = bench;
  const { policy, name, peer } = connection;
  const chosen = new Map<number, Chosen>();
  const require = (what: string, text: string): undefined => {
    ledger.refuse([group], [{ reason: { code: 'policy-requires', what, path: [group] }, text, debug: true }]);
  };
  const ah = proposals.get(AH);
  if (ah) {
    const found = firstGood(ah, common, bench, (transform, path) => judgeAh(transform, path, bench));
    if (typeof found === 'number') return { code: found };
    if (!found) return undefined;
    chosen.set(AH, found);
  }
  const esp = proposals.get(ESP);
  if (esp) {
    const found = firstGood(esp, common, bench, (transform, path) => judgeEsp(transform, path, ah !== undefined, bench));
    if (typeof found === 'number') return { code: found };
    if (!found) return undefined;
    noteEncapsulation(chosen, 'ESP', found, ledger);
    chosen.set(ESP, found);
  } else if (policy.has('encrypt')) {
    return require('encryption', `policy for "${name}" requires encryption but ESP not in Proposal from ${peer}`);
  } else if (policy.has('authenticate') && !ah) {
    return require('authentication', `policy for "${name}" requires authentication but none in Proposal from ${peer}`);
  }
  const ipcomp = proposals.get(IPCOMP);
  if (ipcomp) {
    const found = compression(ipcomp, proposals.size === 1, common, bench);
    if (typeof found === 'number') return { code: found };
    if (!found) return undefined;
    noteEncapsulation(chosen, 'IPCOMP', found, ledger);
    chosen.set(IPCOMP, found);
  }
  return accepted(chosen, group, common, bench);
}

type Judge = (transform: IpsecTransform, path: readonly number[]) => readonly Fault[];

/** The first transform without a fault, nothing when there is none, or the notify of the fault that ends the SA. */
function firstGood(proposal: Gathered, common: Common, bench: Bench, judge: Judge): Chosen | number | undefined {
  const { ledger, traits } = bench;
  const layout = traits.aesNamed ? LAYOUT[proposal.protocol] : OLD_LAYOUT[proposal.protocol];
  if (!layout) return undefined;
  let previous = -1;
  for (let index = 0; index < proposal.count; index++) {
    const path = [...proposal.path, index];
    const place = { path, layout, previous, last: index === proposal.count - 1, protocol: proposal.protocol };
    const transform = readIpsecTransform(proposal.transforms, place, common, bench);
    previous = transform.number;
    const faults = [...transform.faults, ...judge(transform, path)];
    if (!isFaulty(faults)) {
      ledger.accept(path);
      return { proposal, transform, index };
    }
    const ended = ledger.refuse(path, faults);
    if (ended !== undefined) return ended;
  }
  return undefined;
}

function compression(proposal: Gathered, bare: boolean, common: Common, bench: Bench): Chosen | number | undefined {
  const { connection, traits, ledger } = bench;
  const { path } = proposal;
  const { policy, peer, name } = connection;
  if (traits.compressionByPolicy && !policy.has('compress')) {
    const text = `compression proposed by ${peer}, but policy for "${name}" forbids it`;
    return ledger.refuse(path, [{ reason: { code: 'protocol-mismatch', offered: IPCOMP, allowed: [AH, ESP] }, text }]);
  }
  if (!connection.ipcomp) {
    const text = `compression proposed by ${peer}, but KLIPS is not configured with IPCOMP`;
    return ledger.refuse(path, [{ reason: { code: 'protocol-mismatch', offered: IPCOMP, allowed: [AH, ESP] }, text }]);
  }
  if (bare && proposal.wellKnownCpi !== undefined) {
    const text = 'illegal proposal: bare IPCOMP used with well-known CPI';
    return ledger.refuse(path, [{ reason: structure(text, path), text, notify: NOTIFY.badProposalSyntax }]);
  }
  return firstGood(proposal, common, bench, (transform, at) => judgeIpcomp(transform, at, proposal.wellKnownCpi, bench));
}

const NAME: Readonly<Record<number, string>> = { [AH]: 'AH', [ESP]: 'ESP' };

/** Pluto only remarks it. */
function noteEncapsulation(before: ReadonlyMap<number, Chosen>, name: string, { transform }: Chosen, ledger: Ledger): void {
  for (const [protocol, other] of before) {
    if (other.transform.encapsulation === transform.encapsulation) continue;
    ledger.debug(`${NAME[protocol]} and ${name} transforms disagree about encapsulation; TUNNEL presumed`);
  }
}

/** The answer: AH, ESP, IPCOMP in this order, whatever the order of the offer. */
function accepted(chosen: ReadonlyMap<number, Chosen>, group: number, common: Common, { connection }: Bench): Outcome {
  const answers: Answer[] = [];
  const parts: Part[] = [];
  for (const [protocol, { proposal, transform, index }] of chosen) {
    const path = [...proposal.path, index];
    const own: Choice = { slot: OWN_SLOT[protocol] ?? 'encryption', id: transform.id, path };
    const spi = protocol === IPCOMP ? u16(connection.ourCpi) : u32(connection.ourSpi);
    const { number, spiSize } = proposal;
    const { id, attributes, choices } = transform;
    answers.push({ number, protocol, spiSize, spi: Uint8Array.from(spi), transform: transform.number, id, attributes });
    parts.push({ path, protocol, choices: [withKeyBits(own, transform.keyBits), ...choices.filter(({ slot }) => slot !== own.slot)] });
  }
  const ah = chosen.get(AH);
  const esp = chosen.get(ESP);
  const ipcomp = chosen.get(IPCOMP);
  const decoded: Decoded = {
    phase: 2,
    pfsGroup: common.group ?? 0,
    ...(ah && { ah: decode(ah) }),
    ...(esp && { esp: decode(esp) }),
    ...(ipcomp && { ipcomp: decode(ipcomp) }),
  };
  return { code: 0, selection: { group, parts }, decoded, reply: answerSa(answers) };
}

function withKeyBits(choice: Choice, keyBits: number): Choice {
  return keyBits === 0 ? choice : { ...choice, keyBits };
}

function decode({ proposal, transform }: Chosen): ChosenTransform {
  const { id, auth, encapsulation, lifeSeconds, keyBits } = transform;
  return { transform: id, auth, encapsulation, lifeSeconds, keyBits, spi: proposal.spi };
}

const LAYOUT = layouts(names.AH_TRANSFORM, names.ESP_TRANSFORM);
const OLD_LAYOUT = layouts(names.without(names.AH_TRANSFORM, 5, 6, 7), names.without(names.ESP_TRANSFORM, 12));

function layouts(ah: names.Names, esp: names.Names): Readonly<Record<number, ReturnType<typeof transformLayout>>> {
  return {
    [AH]: transformLayout('AH', ah),
    [ESP]: transformLayout('ESP', esp),
    [IPCOMP]: transformLayout('COMP', names.IPCOMP_TRANSFORM),
  };
}
