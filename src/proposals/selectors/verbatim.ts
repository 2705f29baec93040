/**
 * Answers that give a chosen transform back octet for octet, as Berkeley's two IKEv1 daemons do.
 *
 * @module
 */

/** A proposal of an answer: its header's octets are those of the offer, but for what an answer cannot keep. */
export interface EchoedProposal {
  readonly number: number;
  readonly protocol: number;
  /** Of the proposal's header; 0 unless given. */
  readonly reserved?: number;
  readonly spi: Uint8Array;
  /** The whole transform payload as it came. */
  readonly transform: Uint8Array;
}

/** An SA payload of one group of proposals with one transform each. DOI and situation are those of IPsec unless given. @see RFC 2408 §3.4 */
export function echoedSa(proposals: readonly EchoedProposal[], head: Uint8Array = IPSEC_HEAD): Uint8Array {
  const body = proposals.flatMap(({ number, protocol, reserved = 0, spi, transform }, i) => {
    const length = 8 + spi.length + transform.length;
    const more = i < proposals.length - 1 ? 2 : 0;
    return [more, reserved, length >> 8, length & 0xff, number, protocol, spi.length, 1, ...spi, 0, ...transform.subarray(1)];
  });
  const length = 4 + head.length + body.length;
  return Uint8Array.from([0, 0, length >> 8, length & 0xff, ...head, ...body]);
}

const IPSEC_HEAD = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1);
