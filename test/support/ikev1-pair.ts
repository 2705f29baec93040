/** An IKEv1 session and a responder over a wire in memory: seeded, so that a whole exchange is the same every time. */
import { portable } from '../../src/ike/crypto/portable.ts';
import type { CryptoProvider } from '../../src/ike/crypto/provider.ts';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { preSharedKey } from '../../src/ike/exchanges/ikev1/authenticator.ts';
import type { Ikev1Event } from '../../src/ike/exchanges/ikev1/conversation.ts';
import type { Happening } from '../../src/ike/exchanges/events.ts';
import type { Ikev1ResponderSetup } from '../../src/ike/exchanges/ikev1/responder-setup.ts';
import { ikev1Session, type SessionResult, type SessionSetup } from '../../src/ike/exchanges/ikev1/session.ts';
import { Responder } from '../../src/ike/exchanges/responder.ts';
import type { Select } from '../../src/ike/exchanges/selecting.ts';
import { drive } from '../../src/net/drive.ts';
import { memoryNetwork, type MemoryOptions } from '../../src/net/memory.ts';
import { writeSa } from '../../src/proposals/selectors/answers.ts';
import { decodeSaBody } from '../../src/proposals/wire/sa.ts';
import { AES256_SHA256, ESP_AES256_SHA256, EVERYTHING, fqdn, phase1Offer, phase2Offer, text } from './ikev1-offers.ts';

export interface PairOptions {
  readonly initiator?: Partial<SessionSetup>;
  readonly responder?: Partial<Ikev1ResponderSetup>;
  readonly wire?: Omit<MemoryOptions, 'responder'>;
  readonly provider?: CryptoProvider;
  readonly seed?: number;
}

/** What both sides saw, and every datagram of the initiator (in hex) and how many came back. */
export interface PairReport {
  readonly result: SessionResult | undefined;
  readonly initiatorEvents: readonly Ikev1Event[];
  /** Offers left out. */
  readonly responderEvents: readonly Happening[];
  readonly sent: readonly string[];
  readonly answered: readonly string[];
  readonly milliseconds: number;
}

const OWN = { address: Uint8Array.of(198, 51, 100, 1), port: 500 };
const PEER = { address: Uint8Array.of(192, 0, 2, 1), port: 500 };
export const SECRET = 'correct horse battery staple';

/** Accepts whatever is offered first: the answer of a responder that likes everything. */
export const acceptsFirst: Select = ({ sa }) => ({ wire: { kind: 'answer', sa: firstOf(sa) } });

/** One quick mode for everything. */
export const QUICK = { offers: [phase2Offer([ESP_AES256_SHA256])], clients: { own: EVERYTHING, peer: EVERYTHING } };

export async function pair(options: PairOptions = {}): Promise<PairReport> {
  const { provider = portable, seed = 1 } = options;
  const initiatorEvents: Ikev1Event[] = [];
  const responderEvents: Happening[] = [];
  const answered: string[] = [];
  const responder = new Responder({
    provider,
    random: seededEntropy(`responder ${seed}`),
    identity: fqdn('responder.example'),
    select: acceptsFirst,
    ...options.responder,
    ikev1: { authenticators: [preSharedKey(text(SECRET))], ...options.responder },
  });
  const wire = memoryNetwork({
    seed,
    ...options.wire,
    responder: (bytes, _from, now) => {
      const { replies, events } = responder.hear(bytes, { from: OWN, own: PEER, now });
      responderEvents.push(...events.filter(({ kind }) => kind !== 'offer'));
      answered.push(...replies.map(hex));
      return replies;
    },
  });
  const session = ikev1Session({
    provider,
    random: seededEntropy(`initiator ${seed}`),
    patience: { firstWait: 500, retries: 3 },
    offer: phase1Offer([AES256_SHA256]),
    authenticator: preSharedKey(text(SECRET)),
    identity: fqdn('initiator.example'),
    ends: { own: OWN, peer: PEER },
    mode: 'main',
    quick: [QUICK],
    ...options.initiator,
  });
  const result = await drive(session, { plain: wire, note: (event) => initiatorEvents.push(event) });
  const sent = wire.sent.map(({ bytes }) => hex(bytes));
  // What was sent last is still on its way.
  await wire.sleepUntil(wire.clock() + 1000);
  return { result, initiatorEvents, responderEvents, sent, answered, milliseconds: wire.clock() };
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The SA payload with its first group of proposals alone, each with its first transform. */
function firstOf(sa: Uint8Array): Uint8Array {
  const { value } = decodeSaBody(sa.subarray(4), 'ikev1');
  const [group] = value?.offer.groups ?? [];
  if (!value || !group) throw new Error('no SA');
  const proposals = group.proposals.map((each) => ({ ...each, transforms: each.transforms.slice(0, 1) }));
  return writeSa({ ...value, offer: { ...value.offer, groups: [{ ...group, proposals }] } });
}
