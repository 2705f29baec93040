/** No secret in any output: every command is run with known secrets, and all that it prints or writes is searched for them. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { run } from '../../src/cli/program.ts';
import { payloadIn } from '../support/pages.ts';
import { udpPeer } from '../support/udp-peer.ts';
import { testIo, type TestIo } from './test-io.ts';

const PSK = 'correct horse battery staple 7';
const ENCODED = [PSK, Buffer.from(PSK).toString('hex'), Buffer.from(PSK).toString('base64').replace(/=+$/, '')];

/** Everything that left the program, the files that hold keys on purpose apart. */
function said(io: TestIo, except: readonly string[] = []): string {
  const files = [...io.written].filter(([path]) => !except.includes(path)).map(([, data]) => data);
  const texts = files.flatMap((data) =>
    typeof data === 'string' ? [data] : [Buffer.from(data).toString('latin1'), Buffer.from(data).toString('hex')],
  );
  return [io.out(), io.err(), ...texts].join('\n');
}

function expectNoneOf(secrets: readonly string[], text: string): void {
  const lower = text.toLowerCase();
  for (const secret of secrets) expect(lower.includes(secret.toLowerCase()), 'a secret is in the output').to.equal(false);
}

/** The octets of the keys in a file for Wireshark: of IKEv1 one, of IKEv2 four. SPIs and cookies are no secrets. */
function keysIn(file: string): readonly string[] {
  const lines = file.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.flatMap((line) => line.split(',').filter((field) => /^[0-9a-f]{20,}$/.test(field)));
}

describe('secrets', () => {
  for (const [version, exchange] of [
    ['v1', 'main'],
    ['v2', 'main'],
  ] as const)
    for (const form of [['--json'], ['-vv'], ['-q']] as const)
      it(`probe --ike ${version} ${form.join(' ')}: neither the pre-shared key nor a derived one, unless asked for`, async () => {
        const peer = await udpPeer({ versions: version === 'v1' ? [1] : [2], psk: PSK, child: 'aes256-sha256,aes128gcm16-ecp256' });
        const io = testIo({ files: { psk: `${PSK}\n` } });
        try {
          const argv = [
            'probe',
            peer.target,
            '--ike',
            version,
            '--mode',
            exchange,
            '--offer',
            'aes256-sha256-modp2048',
            '--source-port',
            'any',
          ];
          const written = ['--save', 'transcript', '--pcap', 'capture', '--html', 'page', '--save-keys', 'keys'];
          const files = ['--psk-file', 'psk', '--id', 'client.example', ...written];
          expect(await run([...argv, ...files, ...form], io)).to.equal(0);
        } finally {
          await peer.server.close();
        }
        const keys = keysIn(String(io.written.get('keys')));
        expect(keys.length).to.equal(version === 'v1' ? 1 : 8);
        expectNoneOf([...ENCODED, ...keys], said(io, ['keys']));
        expectNoneOf(ENCODED, String(io.written.get('keys')));
        expectNoneOf([...ENCODED, ...keys], JSON.stringify(await payloadIn(String(io.written.get('page')))));
        // The seed of a transcript makes the octets of its first messages, never those of a key exchange that was finished.
        expect(String(io.written.get('transcript'))).to.include('"entries"');
      });

  it('a wrong key is not repeated in the complaint', async () => {
    const peer = await udpPeer({ versions: [2], psk: 'another' });
    const io = testIo({ files: { psk: PSK } });
    try {
      const argv = [
        'probe',
        peer.target,
        '--ike',
        'v2',
        '--offer',
        'aes256-sha256-modp2048',
        '--source-port',
        'any',
        '--psk-file',
        'psk',
        '-vv',
      ];
      await run(argv, io);
    } finally {
      await peer.server.close();
    }
    expect(io.out()).to.include('pre-shared key');
    expectNoneOf(ENCODED, said(io));
  });

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const pieces = [
    ...pem.split('\n').filter((line) => line !== '' && !line.startsWith('-')),
    createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' }).toString('hex'),
  ];
  const broken: readonly (readonly [name: string, argv: string, files: Readonly<Record<string, string>>])[] = [
    ['a key where a certificate belongs', '--cert key --key key --ca key', { key: pem }],
    ['a key that is cut off', '--cert cert --key key --ca cert', { key: pem.slice(0, 120), cert: 'none' }],
    ['a pre-shared key of two lines', '--psk-file psk', { psk: `${PSK}\n${PSK}\n` }],
    ['a pre-shared key that is no hexadecimal', '--psk-file psk', { psk: `0x${PSK}` }],
    ['a pre-shared key that is no base64', '--psk-file psk', { psk: `0s${PSK}` }],
    ['a private key given as pre-shared key', '--psk-file psk', { psk: pem }],
    ['a transcript that is a key', '--replay psk', { psk: pem }],
    ['a universe that is a key', '--universe @psk', { psk: pem }],
    ['an offer file that is a key', '--offer @psk', { psk: pem }],
  ];
  for (const [name, argv, files] of broken)
    it(`${name}: an error without a piece of it`, async () => {
      const io = testIo({ files });
      const peer = argv.includes('--replay') ? [] : ['192.0.2.1'];
      expect(await run(['probe', ...peer, ...argv.split(' ')], io)).to.equal(2);
      expectNoneOf([...ENCODED, ...pieces], said(io));
    });

  for (const argv of [
    'select --as freeswan --policy psk --offer 3des-sha1-modp1536',
    'select --list',
    'algorithms aes',
    'demo',
    '--help',
    'probe --help',
    'nonsense',
    'probe 192.0.2.1 --dry-run --offer esp:aes256',
  ])
    it(`${argv}: nothing of the key in the environment`, async () => {
      const io = testIo({ env: { IKE_PROBE_PSK: PSK } });
      await run(argv.split(' '), io);
      expectNoneOf(ENCODED, said(io));
    });
}).timeout(30_000);
