/** The demonstration's peer: the responder as FreeS/WAN's Pluto, on loopback. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { startPluto } from '../../src/cli/pluto.ts';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { preSharedKey } from '../../src/ike/exchanges/ikev1/authenticator.ts';
import { ikev1Session } from '../../src/ike/exchanges/ikev1/session.ts';
import { decodeMessage, encodeMessage, EXCHANGE, type MessageDraft, type Payload, PAYLOAD_V1 } from '../../src/ike/index.ts';
import { drive } from '../../src/net/drive.ts';
import { openUdp } from '../../src/net/udp.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { fqdn, phase1Offer, phase2Offer } from '../support/ikev1-offers.ts';

/** Cipher, hash, group. */
function request(suites: readonly (readonly [number, number, number])[], change: Partial<MessageDraft> = {}): Uint8Array {
  const offer = phase1Offer(suites.map(([cipher, hash, group]) => ({ cipher: [cipher], hash, group })));
  const payloads: readonly Payload[] = [{ kind: 'sa', type: PAYLOAD_V1.sa, body: { offer } }];
  const initiatorSpi = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const draft = { initiatorSpi, responderSpi: new Uint8Array(8), version: 0x10, exchange: EXCHANGE.mainMode, flags: 0, messageId: 0 };
  return encodeMessage({ ...draft, payloads, ...change });
}

const TRIPLE_DES = [[5, 1, 2]] as const;
const DES = [[1, 1, 2]] as const;

function meaning(reply: Uint8Array): string {
  const decoded = decodeMessage(reply);
  if (!decoded.ok || decoded.value.faults.length > 0) return 'broken';
  return decoded.value.payloads.map((p) => (p.kind === 'notify' ? `notify ${p.notify} spi ${p.spi.length}` : p.kind)).join('+');
}

/** What comes back for each request, one after the other; silence when nothing does before the next answer. */
async function ask(sendsNotifications: boolean, ...requests: readonly Uint8Array[]) {
  const pluto = await startPluto({ sendsNotifications, entropy: seededEntropy('pluto') });
  const client = createSocket('udp4');
  const replies: Uint8Array[] = [];
  client.on('message', (bytes) => replies.push(Uint8Array.from(bytes)));
  try {
    // The last one is always answered: whatever was to come before has come then.
    const last = request(TRIPLE_DES, { initiatorSpi: new Uint8Array(8).fill(9) });
    for (const each of [...requests, last]) client.send(each, pluto.port, pluto.address);
    while (replies.length === 0 || replies.at(-1)?.[0] !== 9) await once(client, 'message');
    return { replies: replies.slice(0, -1), logs: pluto.logs };
  } finally {
    client.close();
    await pluto.close();
  }
}

describe("the demonstration's peer", () => {
  it('answers what Pluto takes with its SA and its vendor ID', async () => {
    const { replies, logs } = await ask(
      false,
      request([
        [1, 1, 2],
        [5, 2, 5],
        [5, 1, 2],
      ]),
    );
    expect(replies.map(meaning)).to.deep.equal(['sa+vendor']);
    expect(logs).to.include('OAKLEY_DES_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM');
  });

  it('is silent when it refuses, unless it has the patch', async () => {
    expect((await ask(false, request(DES))).replies).to.deep.equal([]);
    expect((await ask(true, request(DES))).replies.map(meaning)).to.deep.equal(['notify 14 spi 0']);
  });

  it('repeats its answer to a repeated request, and passes over another with the same cookie', async () => {
    const { replies } = await ask(true, request(TRIPLE_DES), request(TRIPLE_DES), request(DES));
    expect(replies.map(meaning)).to.deep.equal(['sa+vendor', 'sa+vendor']);
    expect(replies[0]).to.deep.equal(replies[1]);
  });

  it('passes over aggressive mode, IKEv2, a zero cookie and octets that are no message', async () => {
    const others = [
      request(TRIPLE_DES, { exchange: EXCHANGE.aggressiveMode }),
      request(TRIPLE_DES, { version: 0x20 }),
      request(TRIPLE_DES, { initiatorSpi: new Uint8Array(8) }),
      Uint8Array.of(1, 2, 3),
    ];
    expect((await ask(true, ...others)).replies).to.deep.equal([]);
  });

  it('goes to the end with who has its key', async () => {
    const psk = Buffer.from('known to both');
    const pluto = await startPluto({ sendsNotifications: true, entropy: seededEntropy('pluto'), psk });
    const plain = await openUdp({ address: pluto.address, port: pluto.port, sourcePort: 0 });
    try {
      const result = await drive(
        ikev1Session({
          provider: nodeCrypto,
          random: seededEntropy('client'),
          patience: { firstWait: 2000, retries: 2 },
          mode: 'main',
          offer: phase1Offer([{ cipher: [5], hash: 2, group: 5 }]),
          authenticator: preSharedKey(psk),
          identity: fqdn('client.example'),
          quick: [{ offers: [phase2Offer([{ protocol: 3, transform: 3, integrity: 2 }], { group: 5 })], group: 5 }],
        }),
        { plain },
      );
      expect(result?.established === true && result.quick.map(({ ok }) => ok)).to.deep.equal([true]);
    } finally {
      await plain.close();
      await pluto.close();
    }
  });
});
