/**
 * What racoon asks for.
 *
 * @see ipsec-tools racoon ipsec_doi.c setph1attr, setph2proposal0
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { type Attribute, type Negotiation, OAKLEY, type Offer, type Proposal, type SuiteTransform } from '../../model.ts';
import { duration } from '../../offers.ts';
import type { Setup } from '../profile.ts';
import { configuredSas, type IsakmpSa } from './phase1.ts';
import { configuredBundles, type SaBundle, type SaProtocol, type SaTransform } from './phase2.ts';

/** Lifetimes first; the numbers of transforms count from 1, over all proposals of phase 1 and anew in each of phase 2. */
export function racoonOffer(negotiation: Negotiation, setup: Setup): Offer {
  if (negotiation === 'ikev1-phase1') {
    const transforms = configuredSas(setup).map((sa, i): SuiteTransform => {
      return { kind: 'suite', number: (i + 1) & 0xff, id: 1, attributes: phase1Attributes(sa) };
    });
    return { negotiation, groups: [{ number: 1, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms }] }] };
  }
  const spi = setup.spi ?? OUR_SPI;
  const groups = configuredBundles(setup).map((bundle, i) => {
    return { number: (i + 1) & 0xff, proposals: bundle.protocols.map((protocol) => proposalOf(protocol, bundle, spi)) };
  });
  return { negotiation, groups };
}

function phase1Attributes({ seconds, encryption, keyBits, auth, hash, group }: IsakmpSa): Attribute[] {
  const attributes: Attribute[] = [short(OAKLEY.lifeType, 1), duration(OAKLEY.lifeDuration, seconds), short(OAKLEY.encryption, encryption)];
  if (keyBits > 0) attributes.push(short(OAKLEY.keyLength, keyBits));
  return [...attributes, short(OAKLEY.auth, auth), short(OAKLEY.hash, hash), short(OAKLEY.group, group)];
}

function proposalOf(protocol: SaProtocol, bundle: SaBundle, spi: Uint8Array): Proposal {
  const transforms = protocol.transforms
    .filter(({ id, auth }) => !(protocol.protocol === ESP && id === NULL && auth === NO_AUTH))
    .map(
      (each, i): SuiteTransform => ({
        kind: 'suite',
        number: (i + 1) & 0xff,
        id: each.id,
        attributes: phase2Attributes(each, protocol, bundle),
      }),
    );
  return { protocol: protocol.protocol, spi: spi.subarray(Math.max(0, spi.length - protocol.spiSize)), transforms };
}

function phase2Attributes({ keyBits, auth }: SaTransform, { mode }: SaProtocol, { seconds, group }: SaBundle): Attribute[] {
  const attributes: Attribute[] = [short(IPSEC.lifeType, 1), duration(IPSEC.lifeDuration, seconds), short(IPSEC.mode, mode)];
  if (keyBits > 0) attributes.push(short(IPSEC.keyLength, keyBits));
  if (auth !== NO_AUTH) attributes.push(short(IPSEC.integrity, auth));
  if (group > 0) attributes.push(short(IPSEC.group, group));
  return attributes;
}

const short = (type: number, value: number): Attribute => ({ type, form: 'TV', value });
const ESP = 3;
const NULL = 11;
const NO_AUTH = 254;
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
