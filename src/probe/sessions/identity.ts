/**
 * Identities as people write them, and as a report shows them.
 *
 * `vpn.example` is a name, `@vpn.example` too; `user@example` a mail address, `192.0.2.1` an address, `C=CH, CN=moon` a distinguished name,
 * `keyid:office` a key ID of these characters.
 *
 * @see RFC 7296 §3.5, RFC 2407 §4.6.2
 * @module
 */
import { dnOf, dnText } from '../../ike/crypto/x509/names.ts';
import { addressOctets, addressText, isAddress } from '../../net/addresses.ts';
import { bytesAsText } from '../../report/terminal.ts';
import type { IdentityView } from '../result.ts';

/** The body of an ID payload; the numbers of the types are alike in both versions. */
export interface Identity {
  readonly idType: number;
  readonly data: Uint8Array;
}

const ID = { ipv4: 1, fqdn: 2, email: 3, ipv6: 5, dn: 9, keyid: 11 } as const;

/** Nothing for a text that is none: a distinguished name with an unknown type, or nothing at all. */
export function parseIdentity(text: string): Identity | undefined {
  const word = text.trim();
  if (word === '') return undefined;
  if (isAddress(word)) return addressIdentity(addressOctets(word));
  if (/^keyid:/i.test(word)) return { idType: ID.keyid, data: utf8(word.slice('keyid:'.length)) };
  if (word.startsWith('@')) return word.length > 1 ? { idType: ID.fqdn, data: utf8(word.slice(1)) } : undefined;
  if (word.includes('=')) {
    const dn = dnOf(word);
    return dn && { idType: ID.dn, data: dn };
  }
  return { idType: word.includes('@') ? ID.email : ID.fqdn, data: utf8(word) };
}

/** The identity of who has no other one: the address that it sends from. */
export function addressIdentity(octets: Uint8Array): Identity {
  return { idType: octets.length === 16 ? ID.ipv6 : ID.ipv4, data: octets };
}

/** The same for a report. What is inside comes from the peer: whoever shows it escapes it. */
export function identityView({ idType, data }: Identity): IdentityView {
  switch (idType) {
    case ID.ipv4:
    case ID.ipv6:
      return { type: idType === ID.ipv4 ? 'ipv4' : 'ipv6', text: data.length === 4 || data.length === 16 ? addressText(data) : hex(data) };
    case ID.fqdn:
      return { type: 'fqdn', text: bytesAsText(data, MOST) };
    case ID.email:
      return { type: 'email', text: bytesAsText(data, MOST) };
    case ID.dn:
      return { type: 'dn', text: dnText(data) };
    case ID.keyid:
      return { type: 'keyid', text: bytesAsText(data, MOST) };
    default:
      return { type: String(idType), text: hex(data) };
  }
}

const MOST = 256;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
