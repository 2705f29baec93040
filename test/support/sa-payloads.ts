/** SA payloads in few words, for tables of cases. */
import type { Attribute, Negotiation, Offer, Proposal, Transform } from '../../src/proposals/model.ts';
import { writeSa } from '../../src/proposals/selectors/answers.ts';

const SPI = Uint8Array.of(0xc0, 0xff, 0xee, 1);

/** `1=7,14=128,2=2`: attributes in place, those above 16 bits with a length. */
export function attributes(text: string): readonly Attribute[] {
  return text.split(',').map((pair): Attribute => {
    const [type = 0, value = 0] = pair.split('=').map(Number);
    if (value < 0x10000) return { type, form: 'TV', value };
    return { type, form: 'TLV', value: Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value) };
  });
}

/** `1: 1=7,14=128,2=2`: the number of an IKEv1 transform (before a slash, if it has one, its identifier), and its attributes. */
export function suite(text: string, identifier = 1): Transform {
  const [head = '', rest = ''] = text.split(': ');
  const [number = 1, id = identifier] = head.split('/').map(Number);
  return { kind: 'suite', number, id, attributes: attributes(rest) };
}

/** `1=12/256 2=5 3=12 4=14`: IKEv2 transforms, type, identifier and key length. */
export function singles(text: string): readonly Transform[] {
  return text.split(' ').map((word): Transform => {
    const [type = 0, id = 0, keyBits] = word.split(/[=/]/).map(Number);
    return { kind: 'single', type, id, attributes: keyBits === undefined ? [] : [{ type: 14, form: 'TV', value: keyBits }] };
  });
}

/** One phase 1 proposal of these transforms. */
export function phase1(...transforms: readonly string[]): Uint8Array {
  return payload('ikev1-phase1', [{ protocol: 1, spi: new Uint8Array(), transforms: transforms.map((each) => suite(each)) }]);
}

/** One ESP proposal of these transforms, `12` an identifier before the slash. */
export function phase2(...transforms: readonly string[]): Uint8Array {
  return payload('ikev1-phase2', [{ protocol: 3, spi: SPI, transforms: transforms.map((each) => suite(each)) }]);
}

/** An IKEv2 proposal for each text, numbered from 1. */
export function ikev2(negotiation: 'ikev2-ike' | 'ikev2-child', ...proposals: readonly string[]): Uint8Array {
  const child = negotiation === 'ikev2-child';
  return payload(
    negotiation,
    ...proposals.map((text): Proposal[] => [{ protocol: child ? 3 : 1, spi: child ? SPI : new Uint8Array(), transforms: singles(text) }]),
  );
}

/** A group for each list, numbered from 1. */
export function payload(negotiation: Negotiation, ...groups: readonly (readonly Proposal[])[]): Uint8Array {
  const offer: Offer = { negotiation, groups: groups.map((proposals, i) => ({ number: i + 1, proposals })) };
  return writeSa({ offer });
}

/** Octets in hexadecimal. */
export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
