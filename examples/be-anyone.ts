/**
 * Is a gateway with OpenIKED's mind, and a client that asks it: a whole IKEv2 exchange without a socket. Prints what the gateway notes.
 * Run: node --import tsx examples/be-anyone.ts
 */
import { ikev2, machineOf, Responder } from 'ike-probe/ike/exchanges';
import { entropy as random, nodeCrypto as provider } from 'ike-probe/node-crypto';
import { mindOf, parseOffer, parsePolicy, selectorFor } from 'ike-probe/proposals';

const name = (text: string) => ({ idType: 2, data: Buffer.from(text) });
const key = ikev2.sharedKey(Buffer.from('known to both'));
const select = mindOf(selectorFor('openiked@7.2'), {
  'ikev2-ike': { policy: parsePolicy('aes256-sha256-x25519', 'ikev2-ike') },
  'ikev2-child': { policy: parsePolicy('aes256-sha256-noesn', 'ikev2-child') },
});
const gateway = new Responder({ provider, random, identity: name('gateway.example'), select, ikev2: { authenticate: () => key } });

const offer = parseOffer('aes256-aes128-sha256-modp2048-x25519', 'ikev2-ike');
const everything = [ikev2.allTraffic(4)];
const child = { offer: parseOffer('aes256-sha256-noesn', 'ikev2-child'), ownTraffic: everything, peerTraffic: everything };
const patience = { firstWait: 500, retries: 3 };
const setup = { provider, random, patience, offer, identity: name('client.example'), authenticator: key, child };
const client = machineOf(({ now }) => ikev2.establish(setup, now));

const from = { address: Uint8Array.of(192, 0, 2, 1), port: 500 };
let outputs = client.step({ kind: 'start' }, 0);
for (let now = 1; ; now++) {
  const request = outputs.find((output) => output.kind === 'send');
  if (request?.kind !== 'send') break;
  const { replies, events } = gateway.hear(request.bytes, { from, now });
  for (const event of events) {
    if (event.kind === 'offer')
      console.log(`${event.request.step}: ${event.wire.kind === 'notify' ? `N(${event.wire.type})` : event.wire.kind}`);
    else console.log(event.kind === 'authenticated' ? `${Buffer.from(event.identity.data).toString()} is authenticated` : event.kind);
  }
  outputs = client.step({ kind: 'datagram', bytes: replies[0] ?? new Uint8Array() }, now);
}
