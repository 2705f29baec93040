/**
 * The ID payload of phase 1 as Pluto reads it.
 *
 * @see FreeS/WAN 2.0x `ipsec_doi.c`, `decode_peer_id`; RFC 2407 §4.6.2
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import type { Identity } from './identities.ts';
import { CONNECTIONS } from './log.ts';

/** The body of an ID payload. */
export interface IdPayload {
  readonly type: number;
  readonly protocol: number;
  readonly port: number;
  readonly data: Uint8Array;
}

const TYPES = [
  '',
  'IPV4_ADDR',
  'FQDN',
  'USER_FQDN',
  'IPV4_ADDR_SUBNET',
  'IPV6_ADDR',
  'IPV6_ADDR_SUBNET',
  'IPV4_ADDR_RANGE',
  'IPV6_ADDR_RANGE',
  'DER_ASN1_DN',
  'DER_ASN1_GN',
  'KEY_ID',
];
const [IPV4, FQDN, USER_FQDN, IPV6, DN, KEY_ID] = [1, 2, 3, 5, 9, 11];
const UDP = 17;
const AT = 0x40;

/** The identity, or the line with which the message is refused. A distinguished name is kept as its octets in hexadecimal. Never throws. */
export function readPhase1Identity({ type, protocol, port, data }: IdPayload): Identity | { readonly fault: LogLine } {
  if (!(protocol === 0 && port === 0) && !(protocol === UDP && port === 500)) {
    return { fault: CONNECTIONS.write('protocolPort', { protocol, port }) };
  }
  const name = TYPES[type] === undefined || type === 0 ? `${type}??` : `ID_${TYPES[type]}`;
  switch (type) {
    case IPV4:
    case IPV6: {
      const length = type === IPV4 ? 4 : 16;
      if (data.length === length) return { kind: type === IPV4 ? 'ipv4' : 'ipv6', text: type === IPV4 ? data.join('.') : colons(data) };
      const why = `has wrong length ${data.length}, not ${length}`;
      return { fault: CONNECTIONS.write('improperAddress', { type: name, why }) };
    }
    case USER_FQDN:
      if (!data.includes(AT)) return { fault: CONNECTIONS.write('withoutAt') };
      return data.includes(0) ? { fault: CONNECTIONS.write('withNul', { type: name }) } : { kind: 'user-fqdn', text: printable(data) };
    case FQDN:
      return data.includes(0) ? { fault: CONNECTIONS.write('withNul', { type: name }) } : { kind: 'fqdn', text: `@${printable(data)}` };
    case DN:
      return { kind: 'dn', text: `der=${hex(data)}` };
    case KEY_ID:
      return { kind: 'key-id', text: `@#0x${hex(data)}` };
    default:
      return { fault: CONNECTIONS.write('unacceptableType', { type: name }) };
  }
}

/** What cannot be printed is a question mark. */
function printable(data: Uint8Array): string {
  return Array.from(data.subarray(0, 1024), (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '?')).join('');
}

function hex(data: Uint8Array): string {
  return Array.from(data.subarray(0, 1024), (octet) => octet.toString(16).padStart(2, '0')).join('');
}

function colons(data: Uint8Array): string {
  return Array.from({ length: 8 }, (_, i) => ((data[i * 2] ?? 0) * 256 + (data[i * 2 + 1] ?? 0)).toString(16)).join(':');
}
