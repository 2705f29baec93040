/**
 * An embedded responder: what FreeS/WAN's Pluto does with the first message of a negotiation, as a pure function.
 *
 * Rule 1: message in, messages and log lines out; no socket, no clock. Random octets come from the `Entropy` it is given.
 * Rule 2: what Pluto drops is dropped, with the line that it logs. Only the first SA payload is looked at, by the selector.
 * Rule 3: it never gets further than message 2, and keeps nothing but its last answers, for repeated requests.
 *
 * @module
 */
import { encodeMessage, HEADER_SIZE } from '../ike/index.ts';
import type { Header, Payload } from '../ike/index.ts';
import { readHeader } from '../ike/header.ts';
import { EXCHANGE, FLAG, PAYLOAD_V1 } from '../ike/numbers.ts';
import type { LogLine } from '../proposals/log-lines.ts';
import { PLUTO } from '../proposals/selectors/freeswan/log.ts';
import { Reader } from '../proposals/wire/bytes.ts';
import { decodeSaBody } from '../proposals/wire/sa.ts';

/** A selector's answer to a whole SA payload: the SA payload to reply with, or the notify it would send. Both with generic header. */
export interface SaJudgement {
  /** 0 accepted, above 0 a notify type, below 0 nothing to say. */
  readonly code: number;
  readonly reply?: Uint8Array;
  readonly logs: readonly string[];
}

export interface ResponderOptions {
  readonly judge: (saPayload: Uint8Array) => SaJudgement;
  /** Vanilla FreeS/WAN is silent when it refuses; patched ones send a notify in the clear. */
  readonly sendsNotifications: boolean;
  readonly entropy: (length: number) => Uint8Array;
  /** Vendor ID of its answers; FreeS/WAN sends `OE` and ten characters. */
  readonly vendorId?: Uint8Array;
}

export interface Responded {
  readonly replies: readonly Uint8Array[];
  readonly logs: readonly string[];
}

/** Takes one datagram (without non-ESP marker); `from` is the sender as `address:port`, for the log and for repetitions. */
export type Responder = (datagram: Uint8Array, from: string) => Responded;

/** A Pluto that listens. @see RFC 2408 §3.1, RFC 2409 §5.4 */
export function plutoResponder(options: ResponderOptions): Responder {
  const answered = new Map<string, { readonly request: string; readonly reply: Uint8Array }>();
  return (datagram, from) => {
    const gate = passGate(datagram);
    if (!gate.ok) return { replies: [], logs: gate.logs };
    const { header, sa, logs } = gate;
    const key = `${from} ${hex(header.initiatorSpi)}`;
    const known = answered.get(key);
    if (known !== undefined) {
      const again = known.request === hex(datagram);
      return {
        replies: again ? [known.reply] : [],
        logs: [PLUTO.write(again ? 'retransmitting' : 'discarding').text],
      };
    }
    const verdict = options.judge(sa);
    const lines = [...logs, PLUTO.write('responding').text, ...verdict.logs];
    const reply = answer(header, verdict, options);
    if (reply === undefined) return { replies: [], logs: lines };
    if (verdict.code === 0) remember(answered, key, { request: hex(datagram), reply });
    return { replies: [reply], logs: lines };
  };
}

function answer(header: Header, verdict: SaJudgement, options: ResponderOptions): Uint8Array | undefined {
  const base = {
    initiatorSpi: header.initiatorSpi,
    responderSpi: options.entropy(8),
    version: 0x10,
    messageId: 0,
  };
  if (verdict.code === 0 && verdict.reply !== undefined) {
    const body = decodeSaBody(verdict.reply.subarray(4), 'ikev1').value;
    if (body === undefined) return undefined;
    const payloads: Payload[] = [{ kind: 'sa', type: PAYLOAD_V1.sa, body }];
    if (options.vendorId !== undefined) payloads.push({ kind: 'vendor', type: PAYLOAD_V1.vendor, data: options.vendorId });
    return encodeMessage({ ...base, exchange: EXCHANGE.mainMode, flags: header.flags & ~FLAG.commit, payloads });
  }
  if (!options.sendsNotifications || verdict.code <= 0) return undefined;
  const none = new Uint8Array(0);
  const notify: Payload = { kind: 'notify', type: PAYLOAD_V1.notify, doi: 1, protocol: 1, spi: none, notify: verdict.code, data: none };
  return encodeMessage({ ...base, exchange: EXCHANGE.informationalV1, flags: 0, payloads: [notify] });
}

type Gate =
  | { readonly ok: true; readonly header: Header; readonly sa: Uint8Array; readonly logs: readonly string[] }
  | { readonly ok: false; readonly logs: readonly string[] };

/** Everything that Pluto checks before its selector sees the SA. */
function passGate(datagram: Uint8Array): Gate {
  if (datagram.length < HEADER_SIZE) return drop([], PLUTO.write('noRoom', { structure: MESSAGE }));
  const header = readHeader(new Reader(datagram));
  const fault = headerFault(header, datagram.length) ?? mainModeFault(header);
  if (fault) return drop([], fault);
  const logs = (header.flags & FLAG.commit) === 0 ? [] : [PLUTO.write('commitIgnored').text];
  return walk(datagram, header, logs);
}

function headerFault(header: Header, size: number): LogLine | undefined {
  const unknown = (field: string, value: number): LogLine => PLUTO.write('unknownValue', { field, structure: MESSAGE, value });
  if (header.nextPayload > LAST_NAMED) return unknown('next payload type', header.nextPayload);
  if (header.version !== 0x10) return unknown('ISAKMP version', header.version);
  if (!NAMED_EXCHANGES.has(header.exchange)) return unknown('exchange type', header.exchange);
  const strange = header.flags & ~(FLAG.encryption | FLAG.commit);
  if (strange !== 0) return PLUTO.write('unknownBits', { field: 'flags', structure: MESSAGE, members: `0x${strange.toString(16)}` });
  if (header.length < HEADER_SIZE) return PLUTO.write('tooSmall', { field: 'length', structure: MESSAGE });
  if (header.length > size) return PLUTO.write('tooLarge', { field: 'length', structure: MESSAGE });
  if (header.length !== size) return PLUTO.write('wrongSize', { size, length: header.length });
  return undefined;
}

function mainModeFault(header: Header): LogLine | undefined {
  if (header.exchange !== EXCHANGE.mainMode) {
    const exchange = NAMED_EXCHANGES.get(header.exchange) ?? String(header.exchange);
    return PLUTO.write(SPOKEN.has(header.exchange) ? 'noSuchSa' : 'unsupportedExchange', { exchange });
  }
  if (header.messageId !== 0) return PLUTO.write('messageIdNotZero', { id: header.messageId.toString(16).padStart(8, '0') });
  if (isZero(header.initiatorSpi)) return PLUTO.write('noInitiatorCookie');
  if (!isZero(header.responderSpi)) return PLUTO.write('unknownExchange');
  if ((header.flags & FLAG.encryption) !== 0) return PLUTO.write('encryptedTooEarly');
  return undefined;
}

/** The payloads of the first Main Mode message: an SA, which must come first; vendor IDs, requests for certificates, N and D. */
function walk(datagram: Uint8Array, header: Header, before: readonly string[]): Gate {
  const logs = [...before];
  let sa: Uint8Array | undefined;
  let type = header.nextPayload;
  let count = 0;
  for (let at = HEADER_SIZE; type !== 0; count++) {
    if (count === PAYLIMIT) return drop(logs, PLUTO.write('tooManyPayloads', { limit: PAYLIMIT }));
    const payloadName = { payload: PAYLOAD_NAMES[type] ?? `${type}??` };
    if (PAYLOAD_NAMES[type] === undefined || INNER.has(type)) {
      return drop(logs, PLUTO.write('unknownPayload', payloadName));
    }
    if (!WELCOME.has(type)) return drop(logs, PLUTO.write('unexpectedPayload', payloadName));
    const [next = 0, reserved = 0, high = 0, low = 0] = datagram.subarray(at, at + 4);
    const length = high * 256 + low;
    if (at + 4 > datagram.length || reserved !== 0 || next > LAST_NAMED || length < 4 || at + length > datagram.length) {
      return drop(logs, PLUTO.write('malformedPayload'));
    }
    const payload = datagram.subarray(at, at + length);
    if (type === PAYLOAD_V1.sa && sa === undefined) {
      if (count > 0) return drop(logs, PLUTO.write('saNotFirst'));
      sa = payload;
    }
    if (type === PAYLOAD_V1.vendor) logs.push(PLUTO.write('vendorId', { id: printable(payload.subarray(4)) }).text);
    if (type === PAYLOAD_V1.notify) logs.push(PLUTO.write('notifyIgnored', { type: (payload[10] ?? 0) * 256 + (payload[11] ?? 0) }).text);
    at += length;
    type = next;
  }
  if (sa === undefined) return drop(logs, PLUTO.write('missingPayloads', { state: 'STATE_MAIN_R0', payloads: 'ISAKMP_NEXT_SA' }));
  return { ok: true, header, sa, logs };
}

function drop(before: readonly string[], line: LogLine): Gate {
  return { ok: false, logs: [...before, line.text] };
}

/** The oldest answer is forgotten when there are too many: a flood costs memory that is bounded. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  for (const oldest of map.keys()) {
    if (map.size < REMEMBERED) break;
    map.delete(oldest);
  }
  map.set(key, value);
}

function isZero(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0);
}

function hex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}

/** Octets that are no printable ASCII as `\xNN`; long ones cut. */
function printable(octets: Uint8Array): string {
  const shown = Array.from(octets.subarray(0, 64), (octet) =>
    octet >= 0x20 && octet < 0x7f && octet !== 0x5c ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`,
  );
  return shown.join('') + (octets.length > 64 ? '...' : '');
}

const REMEMBERED = 1024;
const PAYLIMIT = 20;
/** What Pluto calls a message. */
const MESSAGE = 'ISAKMP Message';
const PAYLOAD_NAMES = ['NONE', 'SA', 'P', 'T', 'KE', 'ID', 'CERT', 'CR', 'HASH', 'SIG', 'NONCE', 'N', 'D', 'VID'].map(
  (name) => `ISAKMP_NEXT_${name}`,
);
const LAST_NAMED = 13;
/** Proposals and transforms stand inside an SA only. */
const INNER: ReadonlySet<number> = new Set([2, 3]);
const WELCOME: ReadonlySet<number> = new Set([PAYLOAD_V1.sa, PAYLOAD_V1.vendor, PAYLOAD_V1.certreq, PAYLOAD_V1.notify, PAYLOAD_V1.delete]);
const NAMED_EXCHANGES: ReadonlyMap<number, string> = new Map([
  [0, 'ISAKMP_XCHG_NONE'],
  [1, 'ISAKMP_XCHG_BASE'],
  [2, 'ISAKMP_XCHG_IDPROT'],
  [3, 'ISAKMP_XCHG_AO'],
  [4, 'ISAKMP_XCHG_AGGR'],
  [5, 'ISAKMP_XCHG_INFO'],
  [32, 'ISAKMP_XCHG_QUICK'],
  [33, 'ISAKMP_XCHG_NGRP'],
  [34, 'ISAKMP_XCHG_ACK_INFO'],
]);
/** Those that Pluto speaks besides Main Mode; here they are always about an SA that was never made. */
const SPOKEN: ReadonlySet<number> = new Set([EXCHANGE.informationalV1, EXCHANGE.quickMode]);
