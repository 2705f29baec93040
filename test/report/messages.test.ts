/** Messages in the notation of the RFCs: golden octets by hand, and decrypted exchanges against charon's own words for them. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { portable } from '../../src/ike/crypto/portable.ts';
import { Decryptor, ikeMessageOf, readCharonKeyLog } from '../../src/ike/decryption/index.ts';
import { decodeMessage } from '../../src/ike/index.ts';
import { readCapture } from '../../src/net/index.ts';
import { messageLines, messageSummary } from '../../src/report/messages.ts';
import { hex } from '../ike/crypto/backends.ts';

const at = (name: string): URL => new URL(`../../vectors/${name}`, import.meta.url);
const VECTORS = JSON.parse(readFileSync(at('ike/messages.json'), 'utf8')) as readonly { name: string; bytes: string }[];

describe('a message in the notation of the RFCs', () => {
  const cases: [name: string, summary: string, first: string][] = [
    [
      'IKEv1 aggressive mode, first message',
      'aggressive mode: SA KE N ID V×5',
      'SA: proposal 1 transform 1, PROTO_ISAKMP: encryption:5/256 sha1 psk group:7',
    ],
    ['IKEv1 main mode, first message', 'main mode: SA V×5', 'SA: proposal 1 transform 1, PROTO_ISAKMP: encryption:5/256 sha1 psk group:7'],
    [
      'IKEv2 IKE_SA_INIT request',
      'IKE_SA_INIT request: SA KE Ni N(NAT_DETECTION_SOURCE_IP) N(NAT_DETECTION_DESTINATION_IP) V',
      'SA: proposal 1, IKE: encryption:22/256|camellia256 prfsha384|prfmd5 integrity:24|integrity:30 modp1536|modp2048s224',
    ],
    ['IKEv1 refusal', 'informational: N(NO-PROPOSAL-CHOSEN)', `N(NO-PROPOSAL-CHOSEN): protocol PROTO_ISAKMP, SPI ${'07'.repeat(16)}`],
    [
      'IKEv2 refusal with an SPI size of 8',
      'IKE_SA_INIT response: N(NO_PROPOSAL_CHOSEN)',
      'N(NO_PROPOSAL_CHOSEN): protocol IKE, SPI 0102030405060708',
    ],
    ['IKEv2 cookie', 'IKE_SA_INIT response: N(COOKIE)', `N(COOKIE): data ${'07'.repeat(20)}`],
    ['IKEv2 wrong group', 'IKE_SA_INIT response: N(INVALID_KE_PAYLOAD)', 'N(INVALID_KE_PAYLOAD): data 000e'],
    ['IKEv1 phase 1 delete', 'informational: D', 'D: PROTO_ISAKMP 0102030405060708090a0b0c0d0e0f10'],
    ['IKEv2 IKE_AUTH, encrypted', 'IKE_AUTH request: SK', 'SK: 64 octets'],
  ];
  for (const [name, summary, first] of cases) {
    it(`${name} is ${summary}`, () => {
      const decoded = decodeMessage(hex(VECTORS.find((one) => one.name === name)?.bytes ?? ''));
      if (!decoded.ok) throw new Error(decoded.fault.code);
      const { header, payloads } = decoded.value;
      expect(messageSummary(header, payloads)).to.equal(summary);
      expect(messageLines(header, payloads)[0]).to.equal(first);
    });
  }

  it('tells decrypted messages as charon tells them in its log', () => {
    const log = readFileSync(at('decryption/charon-mlkem.log'), 'utf8');
    const said = [...log.matchAll(/\[ENC\] \w+ (\w+) (request|response) \d+ \[([^\]]*)\]/g)].map(([, exchange, kind, words = '']) =>
      `${exchange} ${kind}: ${plain(words)}`.trim(),
    );
    const decryptor = new Decryptor(portable, readCharonKeyLog(log).keys);
    const { packets } = readCapture(readFileSync(at('decryption/charon-mlkem.pcap')));
    const told = packets.flatMap(({ payload, source, destination }) => {
      const octets = ikeMessageOf(payload, source.port, destination.port);
      const read = octets === undefined ? undefined : decryptor.add(octets);
      if (read?.state === 'opened') return [messageSummary(read.message.header, read.payloads)];
      return read?.state === 'clear' ? [messageSummary(read.message.header, read.message.payloads)] : [];
    });
    expect(told.map((text) => text.replace(/: .*/, (words) => `: ${plain(words.slice(2))}`).trim())).to.deep.equal(said);
  });
});

/** Payloads without the names of notifies, which charon shortens; it writes `No` for both nonces, and nothing for nothing. */
function plain(words: string): string {
  return words
    .replace(/(N\([^)]*\))×(\d+)/g, (_, one: string, times: string) => Array.from({ length: Number(times) }, () => one).join(' '))
    .replace(/N\([^)]*\)/g, 'N')
    .replace(/\bN[ir]\b/g, 'No')
    .replace('nothing', '')
    .trim();
}
