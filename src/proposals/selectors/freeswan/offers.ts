/**
 * What FreeS/WAN offers when it is the initiator.
 *
 * Order of the transforms and attributes: FreeS/WAN 2.0x `spdb.c`, `oakley_sadb`, `ipsec_sadb`, `out_sa`.
 *
 * @module
 */
import type { Attribute, Offer, Proposal, SuiteTransform } from '../../model.ts';
import { completeConnection, type Connection } from './connection.ts';
import { canonicalRelease, traitsOf } from './releases.ts';

const TRIPLE_DES = 5;
const MD5 = 1;
const SHA = 2;
const SECONDS = 1;

/** What an initiator puts beside its policy. */
export interface OfferDetails {
  /** Seconds. */
  readonly lifeSeconds?: number;
  /** The group of phase 1, which PFS uses again. */
  readonly pfsGroup?: number;
}

/**
 * The default offer of a release (its name, `2.0` for instance) for phase 1 or 2. Without `psk` and `rsasig` phase 1
 * offers nothing.
 *
 * @throws ConnectionError when the policy is a text with an unknown word; RangeError for a release that never was
 */
export function freeswanOffer(release: string, connection: Connection, phase: 1 | 2, details: OfferDetails = {}): Offer {
  const canonical = canonicalRelease(release);
  if (canonical === undefined) throw new RangeError(`FreeS/WAN has no release ${release}`);
  const full = completeConnection(connection);
  if (phase === 2) {
    const proposals = phase2(full, details);
    return { negotiation: 'ikev1-phase2', groups: proposals.length > 0 ? [{ number: 0, proposals }] : [] };
  }
  const transforms = phase1(full.policy, traitsOf(canonical).offers1536First, details.lifeSeconds ?? 3600);
  const proposal: Proposal = { protocol: 1, spi: new Uint8Array(0), transforms };
  return { negotiation: 'ikev1-phase1', groups: [{ number: 0, proposals: [proposal] }] };
}

/** Hash and group from best to worst; each with RSA first, then PSK. */
function phase1(policy: ReadonlySet<string>, strongFirst: boolean, lifeSeconds: number): SuiteTransform[] {
  const strong = [
    [MD5, 5],
    [SHA, 5],
  ] as const;
  const weak = [
    [SHA, 2],
    [MD5, 2],
  ] as const;
  const methods = [...(policy.has('rsasig') ? [3] : []), ...(policy.has('psk') ? [1] : [])];
  const suites = (strongFirst ? [...strong, ...weak] : [...weak, ...strong]).flatMap(([hash, group]) =>
    methods.map((auth) => ({ hash, group, auth })),
  );
  return suites.map(({ hash, group, auth }, number) => ({
    kind: 'suite',
    number,
    id: 1,
    attributes: [tv(11, SECONDS), number32(12, lifeSeconds), tv(1, TRIPLE_DES), tv(2, hash), tv(3, auth), tv(4, group)],
  }));
}

/** AH, ESP and IPCOMP as the policy has them, all in one group. */
function phase2(connection: Required<Connection> & { readonly policy: ReadonlySet<string> }, details: OfferDetails): Proposal[] {
  const { policy, ourSpi, ourCpi } = connection;
  const { lifeSeconds = 28_800, pfsGroup = 5 } = details;
  const group = policy.has('pfs') ? [tv(3, pfsGroup)] : [];
  const common = [tv(4, policy.has('tunnel') ? 1 : 2), tv(1, SECONDS), number32(2, lifeSeconds)];
  const spi = Uint8Array.of(ourSpi >>> 24, ourSpi >>> 16, ourSpi >>> 8, ourSpi);
  const proposals: Proposal[] = [];
  const add = (protocol: number, own: Uint8Array, ids: readonly (readonly [id: number, auth?: number])[], first: Attribute[]): void => {
    const transforms = ids.map(([id, auth], number): SuiteTransform => {
      return { kind: 'suite', number, id, attributes: [...first, ...common, ...(auth === undefined ? [] : [tv(5, auth)])] };
    });
    proposals.push({ protocol, spi: own, transforms });
  };
  const ah = policy.has('authenticate');
  if (ah)
    add(
      2,
      spi,
      [
        [2, MD5],
        [3, SHA],
      ],
      group,
    );
  if (policy.has('encrypt'))
    add(
      3,
      spi,
      ah
        ? [[3]]
        : [
            [3, MD5],
            [3, SHA],
          ],
      group,
    );
  if (policy.has('compress')) add(4, Uint8Array.of(ourCpi >>> 8, ourCpi), [[2]], []);
  return proposals;
}

function tv(type: number, value: number): Attribute {
  return { type, form: 'TV', value };
}

/** Short when it fits into 16 bits, else four octets. */
function number32(type: number, value: number): Attribute {
  if (value < 65_536) return tv(type, value);
  return { type, form: 'TLV', value: Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value) };
}
