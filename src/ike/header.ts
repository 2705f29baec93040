/**
 * The 28 octets that begin every IKE message.
 *
 * @see RFC 2408 §3.1, RFC 7296 §3.1
 * @module
 */
import type { Reader, Writer } from '../proposals/wire/bytes.ts';

/** The size of an IKE header in octets. */
export const HEADER_SIZE = 28;

/** The header as it is on the wire. */
export interface Header {
  /** 8 octets; IKEv1 calls it the initiator's cookie. */
  readonly initiatorSpi: Uint8Array;
  /** 8 octets, zero in the first message. */
  readonly responderSpi: Uint8Array;
  readonly nextPayload: number;
  /** Major version in the high four bits, minor in the low: 0x10, 0x20. */
  readonly version: number;
  /** The exchange type. */
  readonly exchange: number;
  readonly flags: number;
  readonly messageId: number;
  /** Octets of the whole message as stated. */
  readonly length: number;
}

export function readHeader(r: Reader): Header {
  return {
    initiatorSpi: r.take(8, 'header.initiatorSpi'),
    responderSpi: r.take(8, 'header.responderSpi'),
    nextPayload: r.u8('header.nextPayload'),
    version: r.u8('header.version'),
    exchange: r.u8('header.exchange'),
    flags: r.u8('header.flags'),
    messageId: r.u32('header.messageId'),
    length: r.u32('header.length'),
  };
}

/** Writes zero for the length, to be patched. Throws `RangeError` for an SPI that has not 8 octets. */
export function writeHeader(w: Writer, header: Omit<Header, 'nextPayload' | 'length'>, nextPayload: number): void {
  writeSpi(w, header.initiatorSpi);
  writeSpi(w, header.responderSpi);
  w.u8(nextPayload).u8(header.version).u8(header.exchange).u8(header.flags);
  w.u32(header.messageId).u32(0);
}

function writeSpi(w: Writer, spi: Uint8Array): void {
  if (spi.length !== 8) throw new RangeError(`an IKE SPI has 8 octets, not ${spi.length}`);
  w.put(spi);
}
