/** A refused offer, and what is advised: the advised offer is asked again, of the same profile, as the user would. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { run } from '../../src/cli/program.ts';
import { testIo } from './test-io.ts';

interface Near {
  readonly path: readonly number[];
  readonly edits: readonly { readonly slot: string; readonly from: readonly string[]; readonly to: string | null }[];
  readonly text: string;
  readonly offer: string;
}

async function select(args: readonly string[]): Promise<{ code: number; out: string }> {
  const io = testIo();
  const code = await run(['select', ...args], io);
  expect(io.err()).to.equal('');
  return { code, out: io.out() };
}
const nearest = async (line: string): Promise<readonly Near[]> =>
  (JSON.parse((await select([...line.split(' '), '--json'])).out) as { nearest: readonly Near[] }).nearest;

const ADVISED: readonly (readonly [as: string, offer: string, text: string, advised: string])[] = [
  ['strongswan --policy aes256-sha256-modp2048', 'aes128-sha256-modp2048', 'change aes128 to aes256', 'aes256-sha256-prfsha256-modp2048'],
  [
    'libreswan --policy aes256-sha512-prfsha512-modp4096',
    'aes256-sha512-ecp256',
    'change ecp256 to modp4096',
    'aes256-sha512-prfsha512-modp4096',
  ],
  [
    'strongswan --policy aes256gcm16-prfsha384-ecp384',
    'aes256-sha384-ecp384',
    'change aes256 to aes256gcm16, leave out sha384',
    'aes256gcm16-prfsha384-ecp384',
  ],
  [
    'openiked --policy aes256-sha256-modp2048',
    'aes256gcm16-prfsha256-modp2048',
    'change aes256gcm16 to aes256, add sha256',
    'aes256-sha256-prfsha256-modp2048',
  ],
  [
    'rfc --policy aes256gcm16-prfsha384-ecp384',
    'aes256-sha384-ecp384',
    'change aes256 to aes256gcm16, leave out sha384',
    'aes256gcm16-prfsha384-ecp384',
  ],
  [
    'libreswan --policy esp:aes256-sha256',
    'esp:aes128-sha256-modp2048',
    'change aes128 to aes256, leave out modp2048',
    'esp:aes256-sha256-noesn',
  ],
  ['isakmpd --policy esp:aes256-sha256', 'esp:aes128-sha256', 'change aes128 to aes256', 'esp:aes256-sha256-tunnel'],
  // Both are weak; the weaker stands first.
  ['freeswan --policy psk', '3des-sha256-modp2048', 'change sha256 to sha1, change modp2048 to modp1536', '3des-sha1-modp1536'],
  // A key length goes with its cipher.
  ['freeswan --policy psk', 'aes256-sha1-modp1536', 'change aes256 to 3des', '3des-sha1-modp1536'],
  // The peer's first would be the 1024-bit group.
  [
    'strongswan --policy aes256-sha256-modp1024-modp2048-ecp256',
    'aes256-sha256-modp768',
    'change modp768 to modp2048',
    'aes256-sha256-prfsha256-modp2048',
  ],
  ['racoon --policy 3des-sha1-modp1024', '3des-md5-modp1024', 'change md5 to sha1', '3des-sha1-modp1024'],
  ['cisco-ios --policy aes256-sha1-modp1536', 'aes256-md5-modp1536', 'change md5 to sha1', 'aes256-sha1-modp1536'],
];

describe('ike-probe select: the nearest offer', () => {
  for (const [as, offer, text, advised] of ADVISED) {
    it(`${as}: ${offer}: ${text}`, async () => {
      const line = `--as ${as} --offer ${offer}`;
      const [best] = await nearest(line);
      expect(best).to.include({ text, offer: advised });
      const { code, out } = await select(line.split(' '));
      expect(code).to.equal(1);
      expect(out.replace(/\s+/g, ' ')).to.include(`Nearest offer that it takes ${text}: ${advised}`);
      expect((await select(`--as ${as} --offer ${advised}`.split(' '))).code, 'it takes what is advised').to.equal(0);
    });
  }

  it('says which proposal, and only those with the fewest changes, each once', async () => {
    const offer = 'aes128-sha1-ecp256,aes128-sha256-modp2048,aes128-sha256-modp2048,aes256-sha256-ecp256';
    const line = `--as strongswan --policy aes256-sha256-modp2048 --offer ${offer}`;
    expect((await nearest(line)).map(({ path, text }) => [path[0], text])).to.deep.equal([
      [1, 'change aes128 to aes256'],
      [3, 'change ecp256 to modp2048'],
    ]);
    expect((await select(line.split(' '))).out).to.match(/^ {2}proposal 2: change aes128 to aes256: /m);
  });

  it('shortens a lifetime that is too long, and makes one that was not said', async () => {
    const as = '--as racoon --policy 3des-sha1-modp1024 --lifetime 3600 --offer 3des-sha1-modp1024';
    const [best] = await nearest(as);
    expect(best?.text).to.equal('shorten the lifetime from 28800 to 3600 seconds');
  });

  it('asks for another KE payload where the offer is good', async () => {
    const [best] = await nearest('--as openiked --policy aes256-sha256-modp2048 --offer aes256-sha256-ecp256-modp2048 --ke ecp256');
    expect(best).to.deep.equal({
      path: [],
      edits: [],
      text: 'send the KE payload of modp2048; the offer can stay',
      offer: 'aes256-sha256-prfsha256-ecp256-modp2048',
    });
  });

  const silent: readonly (readonly [why: string, line: string])[] = [
    ['something is selected', '--as strongswan --policy aes256-sha256-modp2048 --offer aes256-sha256-modp2048'],
    ['no secret is found', '--as freeswan --policy psk --no-secret --offer 3des-md5-modp1024'],
    ['the cipher is never taken, and nothing is said of others', '--as freeswan --policy psk --offer des-md5-modp1024'],
    ['the SA is no SA', '--as strongswan --policy aes256-sha256-modp2048 --sa 00000034'],
    ['the other role is asked', '--as strongswan --policy aes256-sha256-modp2048 --offer aes256-sha256-modp2048 --check 00000008'],
  ];
  for (const [why, line] of silent) {
    it(`says nothing when ${why}`, async () => {
      expect(await nearest(line)).to.deep.equal([]);
      expect((await select(line.split(' '))).out).to.not.include('Nearest');
    });
  }
});
