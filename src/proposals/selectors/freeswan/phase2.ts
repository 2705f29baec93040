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
import { type ChosenTransform, type Decoded, type Fault, isFaulty, type Ledger, type Outcome, structure } from './ledger.ts';
import { PLUTO } from './log.ts';
import type { Bench } from './bench.ts';
import { AH, type Common, ESP, IPCOMP, type IpsecTransform, OWN_SLOT, readIpsecTransform } from './phase2-transform.ts';
import { gatherGroup, type Gathered, readProposalHead } from './proposals.ts';
import { type Answer, answerSa, NOTIFY, refuseSituation, u16, u32 } from './sa.ts';
import type { Block } from './structure.ts';

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
  const refused = refuseSituation(sa, doi, 'wrongDoi2', ledger);
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
  ledger.log(PLUTO.write('noProposal'));
  return { code: NOTIFY.noProposalChosen };
}

/** An outcome ends the SA; nothing: on to the next group. */
function judgeGroup(proposals: ReadonlyMap<number, Gathered>, group: number, common: Common, bench: Bench): Outcome | undefined {
  const { ledger, dialect } = bench;
  const { judgeAh, judgeEsp, judgeGroup: judgeWhole } = dialect.phase2;
  const chosen = new Map<number, Chosen>();
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
  } else {
    const required = requirement(ah !== undefined, group, bench);
    if (required) return void ledger.refuse([group], [required]);
  }
  const ipcomp = proposals.get(IPCOMP);
  if (ipcomp) {
    const found = compression(ipcomp, proposals.size === 1, common, bench);
    if (typeof found === 'number') return { code: found };
    if (!found) return undefined;
    noteEncapsulation(chosen, 'IPCOMP', found, ledger);
    chosen.set(IPCOMP, found);
  }
  const number = proposals.values().next().value?.number ?? 0;
  const wrong = judgeWhole?.(chosen.get(ESP)?.transform, group, number, bench);
  if (wrong) {
    const ended = ledger.refuse([group], [wrong]);
    return ended === undefined ? undefined : { code: ended };
  }
  return accepted(chosen, group, common, bench);
}

/** What the policy misses in a group without ESP. */
function requirement(hasAh: boolean, group: number, { connection }: Bench): Fault | undefined {
  const { policy, name, peer } = connection;
  const path = [group];
  const named = { connection: name, peer };
  if (policy.has('encrypt')) {
    return { reason: { code: 'policy-requires', what: 'encryption', path }, line: PLUTO.write('requiresEncryption', named) };
  }
  if (!policy.has('authenticate') || hasAh) return undefined;
  return { reason: { code: 'policy-requires', what: 'authentication', path }, line: PLUTO.write('requiresAuthentication', named) };
}

type Judge = (transform: IpsecTransform, path: readonly number[]) => readonly Fault[];

/** The first transform without a fault, nothing when there is none, or the notify of the fault that ends the SA. */
function firstGood(proposal: Gathered, common: Common, bench: Bench, judge: Judge): Chosen | number | undefined {
  const { ledger, dialect } = bench;
  const layout = dialect.phase2.layouts[proposal.protocol];
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
  const { connection, traits, ledger, dialect } = bench;
  const { path } = proposal;
  const { policy, peer, name } = connection;
  const reason = { code: 'protocol-mismatch', offered: IPCOMP, allowed: [AH, ESP] } as const;
  if (traits.compressionByPolicy && !policy.has('compress')) {
    return ledger.refuse(path, [{ reason, line: PLUTO.write('compressionForbidden', { connection: name, peer }) }]);
  }
  if (!connection.ipcomp) {
    return ledger.refuse(path, [{ reason, line: PLUTO.write('compressionImpossible', { peer }) }]);
  }
  if (bare && proposal.wellKnownCpi !== undefined) {
    const line = PLUTO.write('bareIpcomp');
    return ledger.refuse(path, [{ reason: structure(line.text, path), line, notify: NOTIFY.badProposalSyntax }]);
  }
  const found = firstGood(proposal, common, bench, (transform, at) =>
    dialect.phase2.judgeIpcomp(transform, at, proposal.wellKnownCpi, bench),
  );
  if (found !== undefined && typeof found !== 'number' && dialect.phase2.remarksCompression) {
    ledger.log(PLUTO.write('compressing', { method: COMPRESSION[found.transform.id] ?? '' }));
  }
  return found;
}

const NAME: Readonly<Record<number, string>> = { [AH]: 'AH', [ESP]: 'ESP' };
const COMPRESSION: Readonly<Record<number, string>> = { 2: 'deflate', 3: 'lzs' };

/** Pluto only remarks it. */
function noteEncapsulation(before: ReadonlyMap<number, Chosen>, name: string, { transform }: Chosen, ledger: Ledger): void {
  for (const [protocol, other] of before) {
    if (other.transform.encapsulation === transform.encapsulation) continue;
    ledger.log(PLUTO.write('encapsulationDisagrees', { one: NAME[protocol] ?? '', other: name }));
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
