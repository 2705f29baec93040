/** Offers and their answers out of captures: whose answer is that, given a policy of just what was chosen? */
import { attributeNumber, clauses } from '../../src/proposals/clauses.ts';
import type { Algorithm, Attribute, Negotiation, Offer, Slot, Transform } from '../../src/proposals/model.ts';
import { wantOf } from '../../src/proposals/policy.ts';
import { readSa, writeSa } from '../../src/proposals/selectors/answers.ts';
import { PROFILES, selectorFor, type Setup, type Step } from '../../src/proposals/selectors/index.ts';
import { corpusJson, type Explained, type Family } from './family.ts';

interface Pair {
  readonly file: string;
  readonly exchange: string;
  readonly offerFrame: number;
  readonly offer: readonly TreeProposal[];
  readonly answer: readonly TreeProposal[];
}

interface TreeProposal {
  readonly number: number;
  readonly protocol: string;
  readonly transforms: readonly TreeTransform[];
}

interface TreeTransform {
  readonly number?: number;
  readonly id: number;
  readonly type?: number;
  readonly keyLength?: number;
  readonly attributes?: Readonly<Record<string, number>>;
}

const EXCHANGES: Readonly<Record<string, readonly [Negotiation, Step]>> = {
  'Identity Protection (Main Mode)': ['ikev1-phase1', 'main'],
  Aggressive: ['ikev1-phase1', 'aggressive'],
  'Quick Mode': ['ikev1-phase2', 'quick'],
  IKE_SA_INIT: ['ikev2-ike', 'sa-init'],
  IKE_AUTH: ['ikev2-child', 'auth'],
};
const PROTOCOLS: Readonly<Record<string, number>> = { ISAKMP: 1, IKE: 1, AH: 2, ESP: 3, IPCOMP: 4 };
const PHASE1: Readonly<Record<string, number>> = {
  'Encryption-Algorithm': 1,
  'Hash-Algorithm': 2,
  'Authentication-Method': 3,
  'Group-Description': 4,
  'Life-Type': 11,
  'Life-Duration': 12,
  'Key-Length': 14,
};
const PHASE2: Readonly<Record<string, number>> = {
  'SA-Life-Type': 1,
  'SA-Life-Duration': 2,
  'Group-Description': 3,
  'Encapsulation-Mode': 4,
  'Authentication-Algorithm': 5,
  'Key-Length': 6,
};

/** IKE's own keys have no SPI in a first message, children have four octets. */
const spiOf = (protocol: number): Uint8Array => (protocol === 1 ? new Uint8Array() : Uint8Array.of(0, 0, 0x10, 1));

function transformOf(negotiation: Negotiation, tree: TreeTransform): Transform {
  if (tree.type !== undefined) {
    const attributes: Attribute[] = tree.keyLength === undefined ? [] : [{ type: 14, form: 'TV', value: tree.keyLength }];
    return { kind: 'single', type: tree.type, id: tree.id, attributes };
  }
  const classes = negotiation === 'ikev1-phase1' ? PHASE1 : PHASE2;
  const attributes = Object.entries(tree.attributes ?? {}).map(([name, value]): Attribute => {
    const type = classes[name] ?? 0;
    if (value < 0x10000) return { type, form: 'TV', value };
    return { type, form: 'TLV', value: Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff) };
  });
  return { kind: 'suite', number: tree.number ?? 1, id: tree.id, attributes };
}

function offerOf(negotiation: Negotiation, tree: readonly TreeProposal[]): Offer {
  return {
    negotiation,
    groups: tree.map(({ number, protocol, transforms }) => {
      const id = PROTOCOLS[protocol] ?? 0;
      return {
        number,
        proposals: [{ protocol: id, spi: spiOf(id), transforms: transforms.map((each) => transformOf(negotiation, each)) }],
      };
    }),
  };
}

/** What an answer says, in its order; SPIs and the forms of attributes left out. */
function said({ groups }: Offer): string {
  return JSON.stringify(
    groups.map(({ number, proposals }) => [
      number,
      proposals.map(({ protocol, transforms }) => [
        protocol,
        transforms.map((each) => [
          each.kind === 'suite' ? each.number : each.type,
          each.id,
          each.attributes.map((attribute) => [attribute.type, attributeNumber(attribute)]),
        ]),
      ]),
    ]),
  );
}

/** A policy of just what was chosen. */
function setupOf(negotiation: Negotiation, answer: Offer): { readonly setup: Setup; readonly keGroup?: number } {
  const proposal = answer.groups[0]?.proposals[0];
  const clause = proposal && clauses(negotiation, proposal, [0, 0])[0];
  if (!clause) throw new Error('an answer without a transform');
  const slots = new Map<Slot, readonly Algorithm[]>(
    [...clause.slots].map(([slot, choices]) => [
      slot,
      choices.map(({ id, keyBits }) => (keyBits === undefined ? { id } : { id, keyBits })),
    ]),
  );
  const [auth, mode, group] = [slots.get('auth')?.[0]?.id, slots.get('mode')?.[0]?.id, slots.get('group')?.[0]?.id];
  slots.delete('auth');
  slots.delete('mode');
  const lifetime = clause.lifetimes[0]?.amount;
  return {
    setup: {
      policy: [[wantOf(clause.protocol, Object.fromEntries(slots))]],
      ...(auth !== undefined && { auth: [auth] }),
      ...(mode !== undefined && { mode }),
      ...(lifetime !== undefined && { lifetime }),
    },
    ...(group !== undefined && { keGroup: group }),
  };
}

/** Those profiles at those releases whose answer would be the same. */
function whoAnswersSo({ exchange, offer, answer }: Pair): { readonly by: string[]; readonly detail: string } {
  const [negotiation, step] = EXCHANGES[exchange] ?? [];
  if (negotiation === undefined || step === undefined) return { by: [], detail: `an exchange nobody knows: ${exchange}` };
  const [asked, wanted] = [offerOf(negotiation, offer), said(offerOf(negotiation, answer))];
  const { setup, keGroup } = setupOf(negotiation, offerOf(negotiation, answer));
  const sa = writeSa({ offer: asked });
  const by: string[] = [];
  let detail = `wanted ${wanted}`;
  for (const { name, releases, negotiations, respond, policySetting, settings: known } of PROFILES) {
    if (!negotiations.includes(negotiation) || respond === undefined) continue;
    for (const release of releases) {
      const who = release === '' ? name : `${name}@${release}`;
      try {
        const words = negotiation === 'ikev1-phase1' ? 'psk,rsasig' : 'encrypt,tunnel,pfs';
        const settings = {
          ...(policySetting !== undefined && { [policySetting]: words }),
          ...(known['aggressive_mode_psk'] && { aggressive_mode_psk: 'yes' }),
        };
        const mine = { ...setup, settings };
        const { wire } = selectorFor(who)
          .configured(negotiation, mine)
          .respond({ negotiation, step, sa, ...(keGroup !== undefined && { keGroup }) });
        if (wire.kind !== 'answer') continue;
        const answered = readSa(wire.sa, negotiation).value?.offer;
        if (answered && said(answered) === wanted) by.push(who);
        else if (answered) detail += `\n${who} ${said(answered)}`;
      } catch {
        // It would not load such a policy.
      }
    }
  }
  return { by, detail };
}

const PRF_IN_CHILD = "the ESP proposal carries a PRF, which charon's policies for children have no room for; the order is charon's";
const UNEXPLAINED = {
  'wireshark/ikev2-decrypt-aes128ccm12.pcap frame 3: IKE_AUTH': PRF_IN_CHILD,
  'wireshark/ikev2-decrypt-aes256gcm16.pcap frame 3: IKE_AUTH': PRF_IN_CHILD,
};

export function selectionPairs(): Family {
  const pairs = corpusJson('expected/selection-pairs.json') as readonly Pair[];
  const cases = pairs.map((pair): Explained => {
    return { id: `${pair.file} frame ${pair.offerFrame}: ${pair.exchange}`, ...whoAnswersSo(pair) };
  });
  return { title: 'selection pairs of captures', cases, unexplained: UNEXPLAINED };
}
