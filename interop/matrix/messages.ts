/**
 * A capture of a pair → the IKE messages of both, in the clear where keys are known.
 *
 * Rule: what cannot be opened is there all the same, with its header: that it was said, and by whom, is known.
 */
import type { Role } from '../daemons/connection.ts';
import type { Header, Payload } from '../../src/ike/index.ts';
import { Decryptor, ikeMessageOf, type SessionKeys } from '../../src/ike/decryption/index.ts';
import { readCapture } from '../../src/net/index.ts';
import { nodeCrypto } from '../../src/node-crypto/index.ts';

/** One message as it went over the wire. */
export interface WireMessage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of the pair, whoever began the exchange. */
  readonly from: Role;
  readonly header: Header;
  /** `fragment`: more is to come; `closed`: no key opens it. */
  readonly state: 'clear' | 'opened' | 'fragment' | 'closed';
  /** As far as they can be read. */
  readonly payloads: readonly Payload[];
  readonly octets: Uint8Array;
  /** The same octets from the same side as before. */
  readonly repeated: boolean;
}

/** Everything that both said to each other. What is not IKE is passed over. */
export function readMessages(
  capture: Uint8Array,
  addresses: { readonly [R in Role]: readonly string[] },
  keys: readonly SessionKeys[],
): readonly WireMessage[] {
  const decryptor = new Decryptor(nodeCrypto, keys);
  const seen = new Set<string>();
  return readCapture(capture).packets.flatMap(({ at, source, destination, payload }): WireMessage[] => {
    const octets = ikeMessageOf(payload, source.port, destination.port);
    const from = addresses.initiator.includes(source.address)
      ? 'initiator'
      : addresses.responder.includes(source.address)
        ? 'responder'
        : undefined;
    if (octets === undefined || from === undefined) return [];
    const read = decryptor.add(octets);
    const { message } = read;
    if (message === undefined) return [];
    const text = `${from} ${Buffer.from(octets).toString('latin1')}`;
    const repeated = seen.has(text);
    seen.add(text);
    const payloads = read.state === 'opened' ? read.payloads : message.payloads;
    return [{ at, from, header: message.header, state: read.state, payloads, octets, repeated }];
  });
}
