/**
 * IKE messages in the notation of the RFCs: `IKE_SA_INIT request: SA KE Ni N(NAT_DETECTION_SOURCE_IP)`, and payload by payload.
 *
 * Rule 1: it takes the payloads beside the header, so that those of a decrypted message are told in the same words.
 * Rule 2: what a peer wrote is not escaped here: whoever shows it does.
 *
 * @module
 */
import type { Header } from '../ike/header.ts';
import { exchangeName, identityName, notifyName, payloadName, protocolName, type Version } from '../ike/numbers.ts';
import type { Payload } from '../ike/payloads/index.ts';
import type { TrafficSelector } from '../ike/payloads/ts.ts';
import { identifyVendor } from '../ike/vendors.ts';
import { clauses } from '../proposals/clauses.ts';
import type { Offer } from '../proposals/model.ts';
import { keyword } from '../proposals/notation.ts';

/** One line for a message. */
export function messageSummary(header: Header, payloads: readonly Payload[]): string {
  const version = header.version >> 4 === 1 ? 1 : 2;
  const names = payloads.map((payload) => short(payload, header, version));
  const counted = names.flatMap((name, i) => {
    if (name === names[i - 1]) return [];
    const times = runLength(names, i);
    return [times > 1 ? `${name}×${times}` : name];
  });
  return `${exchangeOf(header, version)}: ${counted.join(' ') || 'nothing'}`;
}

/** Its payloads in more detail, a line each, of an SA a line for each transform or proposal. */
export function messageLines(header: Header, payloads: readonly Payload[]): readonly string[] {
  const version = header.version >> 4 === 1 ? 1 : 2;
  return payloads.flatMap((payload) => details(payload, version).map((text) => `${short(payload, header, version)}: ${text}`));
}

const MODES: ReadonlyMap<number, string> = new Map([
  [2, 'main mode'],
  [4, 'aggressive mode'],
  [5, 'informational'],
  [6, 'transaction'],
  [32, 'quick mode'],
]);

function exchangeOf({ exchange, flags }: Header, version: Version): string {
  if (version === 1) return MODES.get(exchange) ?? exchangeName(1, exchange);
  return `${exchangeName(2, exchange)} ${(flags & RESPONSE) !== 0 ? 'response' : 'request'}`;
}

function runLength(names: readonly string[], from: number): number {
  let to = from;
  while (names[to] === names[from] && to < names.length) to++;
  return to - from;
}

const RESPONSE = 0x20;
const [ID_INITIATOR, TS_INITIATOR] = [35, 44];

function short(payload: Payload, { flags }: Header, version: Version): string {
  switch (payload.kind) {
    case 'sa':
      return 'SA';
    case 'ke':
      return 'KE';
    case 'nonce':
      return version === 1 ? 'N' : (flags & RESPONSE) !== 0 ? 'Nr' : 'Ni';
    case 'id':
      return version === 1 ? 'ID' : payload.type === ID_INITIATOR ? 'IDi' : 'IDr';
    case 'ts':
      return payload.type === TS_INITIATOR ? 'TSi' : 'TSr';
    case 'notify':
      return `N(${notifyName(version, payload.notify)})`;
    case 'fragment':
      return `SKF ${payload.number}${payload.total === undefined ? '' : ` of ${payload.total}`}`;
    case 'opaque':
      return payloadName(version, payload.type);
    default:
      return SHORT[payload.kind];
  }
}

const SHORT = {
  auth: 'AUTH',
  cert: 'CERT',
  certreq: 'CERTREQ',
  cp: 'CP',
  delete: 'D',
  eap: 'EAP',
  encrypted: 'SK',
  hash: 'HASH',
  natd: 'NAT-D',
  natoa: 'NAT-OA',
  sig: 'SIG',
  vendor: 'V',
} as const;

function details(payload: Payload, version: Version): readonly string[] {
  switch (payload.kind) {
    case 'sa':
      return offerLines(payload.body.offer);
    case 'ke':
      return [`${payload.group === undefined ? '' : `${keyword('group', 'ikev2-ike', { id: payload.group })}, `}${octets(payload.data)}`];
    case 'notify': {
      const protocol = payload.protocol === 0 ? '' : `protocol ${protocolName(version, payload.protocol)}`;
      const spi = payload.spi.length === 0 ? '' : `SPI ${hex(payload.spi)}`;
      const data = payload.data.length === 0 ? '' : `data ${hex(payload.data)}`;
      return [[protocol, spi, data].filter((part) => part !== '').join(', ') || 'no data'];
    }
    case 'id':
      return [`${identityName(version, payload.idType)} ${identity(payload.idType, payload.data)}`];
    case 'ts':
      return payload.selectors.map(selector);
    case 'vendor':
      return [identifyVendor(payload.data)?.name ?? hex(payload.data)];
    case 'delete':
      return [`${protocolName(version, payload.protocol)} ${payload.spis.map((spi) => hex(spi)).join(', ')}`];
    case 'auth':
      return [`method ${payload.method}, ${octets(payload.data)}`];
    case 'cp':
      return [`type ${payload.cfgType}, ${payload.attributes.length} attributes`];
    case 'natoa':
      return [hex(payload.address)];
    default:
      return [octets(payload.data)];
  }
}

/** In IKEv1 a line per transform, in IKEv2 a line per proposal. */
function offerLines({ negotiation, groups }: Offer): readonly string[] {
  const lines = groups.flatMap((group, g) =>
    group.proposals.flatMap((proposal, p) =>
      clauses(negotiation, proposal, [g, p]).map(({ slots, path }) => {
        const names = [...slots].map(([slot, choices]) =>
          choices.map((choice) => keyword(slot, negotiation, choice, proposal.protocol)).join('|'),
        );
        const place = path[2] === undefined ? '' : ` transform ${path[2] + 1}`;
        return `proposal ${group.number}${place}, ${protocolName(negotiation.startsWith('ikev1') ? 1 : 2, proposal.protocol)}: ${names.join(' ')}`;
      }),
    ),
  );
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
}

function selector(one: TrafficSelector): string {
  if (one.form === 'other') return `type ${one.tsType}, ${octets(one.data)}`;
  const [start, end] = [address(one.start), address(one.end)];
  const ports = one.startPort === 0 && one.endPort === 0xffff ? '' : `, ports ${one.startPort}-${one.endPort}`;
  return `${start === end ? start : `${start}-${end}`}${one.protocol === 0 ? '' : `, protocol ${one.protocol}`}${ports}`;
}

function identity(type: number, data: Uint8Array): string {
  if (type === 1 || type === 5) return address(data);
  return type === 2 || type === 3 ? Array.from(data, (octet) => String.fromCharCode(octet)).join('') : hex(data);
}

function address(octetsOf: Uint8Array): string {
  if (octetsOf.length === 4) return octetsOf.join('.');
  if (octetsOf.length !== 16) return hex(octetsOf);
  const words = Array.from({ length: 8 }, (_, i) => (((octetsOf[2 * i] ?? 0) << 8) | (octetsOf[2 * i + 1] ?? 0)).toString(16)).join(':');
  return words.replace(/(?:^|:)0(?::0)+(?:$|:)/, '::');
}

function octets(data: Uint8Array): string {
  return `${data.length} octets`;
}

function hex(data: Uint8Array): string {
  const text = Array.from(data.subarray(0, MOST_OCTETS), (octet) => octet.toString(16).padStart(2, '0')).join('');
  return data.length > MOST_OCTETS ? `${text}... (${octets(data)})` : text;
}

const MOST_OCTETS = 32;
const MOST_LINES = 40;
