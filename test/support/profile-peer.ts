/** A peer made of a profile: it answers first messages with the octets that the profile says, and knows nothing else. */
import { decodeMessage, encodeMessage, EXCHANGE, FLAG, type Payload, PAYLOAD_V1, PAYLOAD_V2 } from '../../src/ike/index.ts';
import type { Responder } from '../../src/net/memory.ts';
import type { Negotiation } from '../../src/proposals/model.ts';
import type { Notification, Response, Setup } from '../../src/proposals/selectors/profile.ts';
import { readSa, writeSa } from '../../src/proposals/selectors/answers.ts';
import type { Profile } from '../../src/proposals/selectors/profile.ts';
import { type Configured, selectorOf } from '../../src/proposals/selectors/selector.ts';

/** One setup per negotiation that the peer speaks. */
export interface ProfilePeerOptions {
  readonly v1?: Setup | 'default';
  readonly v2?: Setup | 'default';
  /** Puts other words into its mouth. */
  readonly twist?: (response: Response, negotiation: Negotiation) => Response;
}

/** Main mode and IKE_SA_INIT of `profile`; everything else is dropped. */
export function profilePeer(profile: Profile, release: string | undefined, options: ProfilePeerOptions): Responder {
  const selector = selectorOf(profile, release);
  const configured = (negotiation: Negotiation, setup: Setup | 'default' | undefined): Configured | undefined =>
    setup === undefined ? undefined : selector.configured(negotiation, setup === 'default' ? undefined : setup);
  const minds = { 1: configured('ikev1-phase1', options.v1), 2: configured('ikev2-ike', options.v2) };
  let spi = 0;
  return (bytes) => {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return [];
    const { header, payloads } = decoded.value;
    const version = header.version >> 4 === 2 ? 2 : 1;
    if (header.exchange !== (version === 2 ? EXCHANGE.saInit : EXCHANGE.mainMode)) return [];
    const sa = payloads.find((payload) => payload.kind === 'sa');
    const ke = payloads.find((payload) => payload.kind === 'ke');
    const mind = minds[version];
    if (mind === undefined || sa?.kind !== 'sa') return [];
    const negotiation = version === 2 ? 'ikev2-ike' : 'ikev1-phase1';
    const said = mind.respond({
      negotiation,
      step: version === 2 ? 'sa-init' : 'main',
      sa: writeSa(sa.body),
      ...(ke?.kind === 'ke' && ke.group !== undefined && { keGroup: ke.group }),
    });
    const { wire } = options.twist?.(said, negotiation) ?? said;
    const mine = new Uint8Array(8).fill(0xa5);
    new DataView(mine.buffer).setUint32(4, ++spi);
    const base = { initiatorSpi: header.initiatorSpi, version: header.version, flags: version === 2 ? FLAG.response : 0, messageId: 0 };
    if (wire.kind === 'notify') return [notification(wire, { ...base, responderSpi: mine }, version)];
    const body = wire.kind === 'answer' ? readSa(wire.sa, negotiation).value : undefined;
    if (body === undefined) return [];
    const answer: Payload[] = [{ kind: 'sa', type: version === 2 ? PAYLOAD_V2.sa : PAYLOAD_V1.sa, body }];
    return [encodeMessage({ ...base, responderSpi: mine, exchange: header.exchange, payloads: answer })];
  };
}

interface Base {
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  readonly version: number;
  readonly flags: number;
}

function notification(wire: Notification, base: Base, version: 1 | 2): Uint8Array {
  const cookies = Uint8Array.from([...base.initiatorSpi, ...base.responderSpi]);
  const payload: Payload = {
    kind: 'notify',
    type: version === 2 ? PAYLOAD_V2.notify : PAYLOAD_V1.notify,
    ...(version === 1 && { doi: 1 }),
    protocol: wire.protocol,
    spi: wire.spi === 'cookies' ? cookies : new Uint8Array(wire.spi === 'zero' ? 4 : 0),
    notify: wire.type,
    data: wire.data,
  };
  return encodeMessage({
    ...base,
    ...(wire.ownExchange === true && { initiatorSpi: base.initiatorSpi.map((octet) => octet ^ 0xff) }),
    responderSpi: wire.responderSpi === 'set' ? base.responderSpi : new Uint8Array(8),
    exchange: version === 2 ? EXCHANGE.saInit : EXCHANGE.informationalV1,
    messageId: wire.messageId === 'random' ? 0x1234_5678 : 0,
    payloads: [payload],
  });
}
