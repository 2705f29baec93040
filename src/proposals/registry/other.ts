import type { AlgorithmRow } from './row.ts';

/** Sequence numbers: IKEv2 type 5, phase 2 attribute 11. @see RFC 7296 §3.3.2, RFC 4304, RFC 9827 */
export const ESN: readonly AlgorithmRow[] = [
  { id: 'sn-32', slot: 'esn', name: 'NO_EXT_SEQ', keyword: 'noesn', numbers: { ikev2: 0 },
    names: { strongswan: ['noesn'], libreswan: ['no'], iked: ['noesn'] } },
  { id: 'sn-64', slot: 'esn', name: 'EXT_SEQ', keyword: 'esn', numbers: { 'ikev1-esp': 1, ikev2: 1 },
    names: { strongswan: ['esn'], libreswan: ['yes'], iked: ['esn'] } },
  { id: 'sn-32-unspecified', slot: 'esn', name: 'UNSPECIFIED_SEQ_32', keyword: 'unspecifiedsn', numeric: true,
    numbers: { ikev2: 2 }, names: {} },
];

/** IPComp transforms; the IKEv2 numbers stand in the notify IPCOMP_SUPPORTED. @see RFC 2407 §4.4.5, RFC 7296 §3.10.1 */
export const COMPRESSION: readonly AlgorithmRow[] = [
  { id: 'ipcomp-oui', slot: 'compression', name: 'OUI', keyword: 'oui', numbers: { 'ikev1-ipcomp': 1, ikev2: 1 },
    status: { level: 'MUST NOT', reference: 'RFC 8221' }, names: {} },
  { id: 'ipcomp-deflate', slot: 'compression', name: 'DEFLATE', keyword: 'deflate', numbers: { 'ikev1-ipcomp': 2, ikev2: 2 },
    status: { level: 'MAY', reference: 'RFC 8221' }, names: {} },
  { id: 'ipcomp-lzs', slot: 'compression', name: 'LZS', keyword: 'lzs', numbers: { 'ikev1-ipcomp': 3, ikev2: 3 },
    status: { level: 'MAY', reference: 'RFC 8221' }, names: {} },
  { id: 'ipcomp-lzjh', slot: 'compression', name: 'LZJH', keyword: 'lzjh', numbers: { 'ikev1-ipcomp': 4, ikev2: 4 },
    status: { level: 'MAY', reference: 'RFC 8221' }, names: {} },
];

/** Encapsulation modes, phase 2 attribute 4. @see RFC 2407 §4.5, RFC 3947 §5.1 */
export const MODE: readonly AlgorithmRow[] = [
  { id: 'mode-tunnel', slot: 'mode', name: 'TUNNEL', keyword: 'tunnel', numbers: { 'ikev1-esp': 1 }, names: {} },
  { id: 'mode-transport', slot: 'mode', name: 'TRANSPORT', keyword: 'transport', numbers: { 'ikev1-esp': 2 }, names: {} },
  { id: 'mode-udp-tunnel', slot: 'mode', name: 'UDP_TUNNEL', keyword: 'udptunnel', numbers: { 'ikev1-esp': 3 }, names: {} },
  { id: 'mode-udp-transport', slot: 'mode', name: 'UDP_TRANSPORT', keyword: 'udptransport', numbers: { 'ikev1-esp': 4 }, names: {} },
  { id: 'mode-udp-checkpoint', slot: 'mode', name: 'UDP_CHECKPOINT', keyword: 'udpcheckpoint', numeric: true,
    numbers: { 'ikev1-esp': 61440 }, names: {} },
  { id: 'mode-udp-tunnel-draft', slot: 'mode', name: 'UDP_TUNNEL_DRAFT', keyword: 'udptunneldraft', numeric: true,
    numbers: { 'ikev1-esp': 61443 }, names: {} },
  { id: 'mode-udp-transport-draft', slot: 'mode', name: 'UDP_TRANSPORT_DRAFT', keyword: 'udptransportdraft', numeric: true,
    numbers: { 'ikev1-esp': 61444 }, names: {} },
];
