/** The responder with the mind of every profile: what leaves is the profile's word, to the octet, whatever is offered. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { preSharedKey } from '../../../src/ike/exchanges/ikev1/authenticator.ts';
import { sharedKey } from '../../../src/ike/exchanges/ikev2/authenticator.ts';
import { Responder } from '../../../src/ike/exchanges/responder.ts';
import type { SelectionRequest } from '../../../src/ike/exchanges/selecting.ts';
import { offeredGroups } from '../../../src/ike/exchanges/ikev2/suite.ts';
import { keyExchangeGroup } from '../../../src/ike/groups.ts';
import { decodeMessage, encodeMessage, encodePayloadChain, type Message } from '../../../src/ike/message.ts';
import { EXCHANGE, FLAG } from '../../../src/ike/numbers.ts';
import type { Payload } from '../../../src/ike/payloads/index.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { publicValues } from '../../../src/node-crypto/public-values.ts';
import type { Negotiation, Offer } from '../../../src/proposals/model.ts';
import { policyToOffer } from '../../../src/proposals/policy.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import { mindOf } from '../../../src/proposals/selectors/mind.ts';
import type { Profile, Response } from '../../../src/proposals/selectors/profile.ts';
import { PROFILES } from '../../../src/proposals/selectors/profiles.ts';
import { selectorOf } from '../../../src/proposals/selectors/selector.ts';
import { randomPolicy } from '../../support/random-policies.ts';

const ROUNDS = 12;
const FROM = { address: Uint8Array.of(198, 51, 100, 1), port: 500 };
const entropy = seededEntropy('profiles');
const publicValue = publicValues(entropy);

type First = Extract<Negotiation, 'ikev1-phase1' | 'ikev2-ike'>;

/** A first message with an offer. A group that costs much or is not known gets a value that nobody computes with. */
function firstMessage(offer: Offer, step: 'main' | 'aggressive' | 'sa-init', spi: number): Uint8Array {
  const initiatorSpi = Uint8Array.of(1, 2, 3, 4, 5, 6, spi >> 8, spi & 0xff);
  const two = step === 'sa-init';
  const group = two ? offeredGroups(offer)[0] : undefined;
  const ke = (): Uint8Array =>
    (group === undefined ? undefined : publicValue(group)) ?? entropy(keyExchangeGroup(group ?? 14)?.publicValueBytes ?? 64);
  const payloads: readonly Payload[] = [
    { kind: 'sa', type: two ? 33 : 1, body: { offer } },
    ...(two
      ? [{ kind: 'ke', type: 34, group: group ?? 14, data: ke() } as const, { kind: 'nonce', type: 40, data: entropy(32) } as const]
      : []),
  ];
  const exchange = two ? EXCHANGE.saInit : step === 'main' ? EXCHANGE.mainMode : EXCHANGE.aggressiveMode;
  const flags = two ? FLAG.initiator : 0;
  return encodeMessage({
    initiatorSpi,
    responderSpi: new Uint8Array(8),
    version: two ? 0x20 : 0x10,
    exchange,
    flags,
    messageId: 0,
    payloads,
  });
}

/** What a reply says, in the terms of a profile's wire. */
function said(reply: Message | undefined, initiatorSpi: Uint8Array): unknown {
  if (!reply) return 'silence';
  const { header, payloads } = reply;
  const isSet = header.responderSpi.some((octet) => octet !== 0);
  const [first] = payloads;
  if (first?.kind === 'sa') return { sa: hex(encodePayloadChain([first], 1)), responderSpi: isSet };
  if (first?.kind !== 'notify') return first;
  const own = hex(header.initiatorSpi) !== hex(initiatorSpi);
  return {
    notify: first.notify,
    data: hex(first.data),
    protocol: first.protocol,
    spi: first.spi.length,
    own,
    ...(own ? {} : { responderSpi: isSet }),
    messageId: header.messageId !== 0,
  };
}

/** The same of what the profile said. */
function meant({ wire }: Response): unknown {
  if (wire.kind === 'answer') return { sa: hex(wire.sa), responderSpi: true };
  if (wire.kind !== 'notify') return 'silence';
  const own = wire.ownExchange === true;
  const spi = { none: 0, cookies: 16, zero: 4 }[wire.spi];
  return {
    notify: wire.type,
    data: hex(wire.data),
    protocol: wire.protocol,
    spi,
    own,
    ...(own ? {} : { responderSpi: wire.responderSpi === 'set' }),
    messageId: wire.messageId === 'random',
  };
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** A mind that a daemon would have: its defaults, or a random policy that it loads. */
function mindFor(profile: Profile, negotiation: First, seed: number): ReturnType<typeof mindOf> | undefined {
  const selector = selectorOf(profile);
  const attempts = [{ policy: randomPolicy(negotiation, seed) }, { policy: randomPolicy(negotiation, seed + 1000) }, 'default'] as const;
  for (const setup of profile.policySetting === undefined ? attempts : attempts.slice(2)) {
    try {
      return mindOf(selector, { [negotiation]: setup });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  return undefined;
}

describe('the responder in the name of', function () {
  this.timeout(60_000);
  for (const profile of PROFILES.filter(({ respond }) => respond !== undefined)) {
    const negotiations = profile.negotiations.filter((each): each is First => each === 'ikev1-phase1' || each === 'ikev2-ike');
    for (const negotiation of negotiations)
      it(`${profile.name} says its word in ${negotiation}`, () => {
        const kinds = new Set<string>();
        for (let seed = 0; seed < ROUNDS; seed++) {
          const mind = mindFor(profile, negotiation, seed);
          if (!mind) continue;
          let asked: Response | undefined;
          const select = (request: SelectionRequest): Response => (asked = mind(request));
          const identity = { idType: 2, data: Buffer.from('responder.example') };
          const responder = new Responder({
            provider: nodeCrypto,
            random: entropy,
            identity,
            select,
            ikev1: { authenticators: [preSharedKey(Buffer.from('psk'))] },
            ikev2: { authenticate: () => sharedKey(Buffer.from('psk')) },
          });
          for (const [i, offer] of [randomPolicy(negotiation, seed), randomPolicy(negotiation, seed + 500)].entries()) {
            const request = firstMessage(
              policyToOffer(offer, negotiation, { lifetime: { seconds: 3600 } }),
              negotiation === 'ikev2-ike' ? 'sa-init' : 'main',
              2 * seed + i,
            );
            asked = undefined;
            const [reply] = responder.hear(request, { from: FROM, now: seed }).replies;
            const decoded = reply && decodeMessage(reply);
            expect(decoded?.ok ? decoded.value.faults : []).to.deep.equal([]);
            if (!asked) throw new Error('nobody was asked');
            kinds.add((asked as Response).wire.kind);
            expect(said(decoded?.ok ? decoded.value : undefined, request.subarray(0, 8)), `seed ${seed}`).to.deep.equal(meant(asked));
          }
        }
        expect(kinds.size).to.be.above(0);
      });
  }
});
