import { expect } from 'chai';
import { describe, it } from 'mocha';
import { resolvePeer, splitPeer } from '../../src/net/resolve.ts';

const codeOf = (error: { code?: string }): string | undefined => error.code;

describe('peers as written', () => {
  const good: [input: string, host: string, port: number][] = [
    ['192.0.2.1', '192.0.2.1', 500],
    ['192.0.2.1:4500', '192.0.2.1', 4500],
    ['2001:db8::1', '2001:db8::1', 500],
    ['[2001:db8::1]', '2001:db8::1', 500],
    ['[2001:db8::1]:4500', '2001:db8::1', 4500],
    ['vpn.example.net', 'vpn.example.net', 500],
    ['vpn.example.net:65535', 'vpn.example.net', 65_535],
  ];
  for (const [input, host, port] of good) it(input, () => expect(splitPeer(input)).to.deep.equal({ host, port }));

  const bad: [input: string, code: string][] = [
    ['', 'ERR_PEER_SYNTAX'],
    [':500', 'ERR_PEER_SYNTAX'],
    ['[2001:db8::1', 'ERR_PEER_SYNTAX'],
    ['[host]:500', 'ERR_PEER_SYNTAX'],
    ['a:b:c', 'ERR_PEER_SYNTAX'],
    ['a b', 'ERR_PEER_SYNTAX'],
    ['010.1.1.1', 'ERR_PEER_SYNTAX'],
    ['10.1', 'ERR_PEER_SYNTAX'],
    ['host\u001b[2J', 'ERR_PEER_SYNTAX'],
    ['a'.repeat(300), 'ERR_PEER_SYNTAX'],
    ['host:0', 'ERR_PEER_PORT'],
    ['host:65536', 'ERR_PEER_PORT'],
    ['host:', 'ERR_PEER_PORT'],
    ['[::1]:x', 'ERR_PEER_PORT'],
  ];
  for (const [input, code] of bad) {
    it(`${JSON.stringify(input.slice(0, 20))} is ${code}`, async () => {
      expect(await resolvePeer(input).then(() => undefined, codeOf)).to.equal(code);
    });
  }

  it('gives addresses without asking a name service, and names by it', async () => {
    expect(await resolvePeer('::1')).to.deep.equal({ input: '::1', address: '::1', port: 500, family: 6 });
    expect((await resolvePeer('localhost:4500')).port).to.equal(4500);
    expect(await resolvePeer('no-such-host.invalid').then(() => undefined, codeOf)).to.equal('ERR_PEER_UNKNOWN');
  });
});
