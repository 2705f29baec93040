import { expect } from 'chai';
import { describe, it } from 'mocha';
import { existsSync, readFileSync } from 'node:fs';
import { run } from '../../src/cli/program.ts';
import { testIo } from './test-io.ts';

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function select(line: string, files: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const io = testIo({ files });
  const code = await run(['select', ...line.split(' ')], io);
  return { code, out: io.out(), err: io.err() };
}

interface Json {
  readonly outcome: string;
  readonly notify: string;
  readonly wire: string | number;
  readonly replySa: string | null;
  readonly judgements: readonly {
    readonly path: readonly number[];
    readonly suite: string;
    readonly accepted: boolean;
    readonly reasons: readonly { readonly code: string; readonly hidden: boolean; readonly text: string }[];
  }[];
  readonly notLookedAt: readonly { readonly suite: string }[];
  readonly logs: readonly string[];
}
const json = async (line: string): Promise<Json> => JSON.parse((await select(`${line} --json`)).out) as Json;

const DES_THEN_3DES =
  '0000005400000001000000010000004800010002030000200001000080010001800200028003000180040002800b0001800c0e10' +
  '000000200101000080010005800200028003000180040002800b0001800c0e10';

describe('ike-probe select', () => {
  it('says which transform is taken, and why those before it are not', async () => {
    const { code, out } = await select('--as freeswan --policy psk --offer des-md5-modp768,3des-md5-modp1024,3des-sha1-modp1536');
    expect(code).to.equal(0);
    expect(out.split('\n')).to.include.members([
      '✓ freeswan@2.0 (psk) selects in ikev1-main',
      '  ✗ transform 1 (des-md5-modp768 psk): refused',
      '  ✓ transform 2 (3des-md5-modp1024 psk): accepted',
      '  · transform 3 (3des-sha1-modp1536 psk): not looked at',
      '  OAKLEY_DES_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM',
      '  | Oakley Transform 2 accepted',
    ]);
    expect(out).to.match(/logged: des was offered; FreeS\/WAN never accepts it/);
    expect(out.replace(/\s+/g, ' ')).to.match(/also: modp768 was offered.*\(Pluto hides this one\)/);
  });

  it('tells the silence of the original from the notify of a patched one', async () => {
    const line = '--as freeswan --policy psk --offer aes256-sha256-modp2048';
    const silent = await select(line);
    expect(silent.code).to.equal(1);
    expect(silent.out).to.match(/refuses in ikev1-main: NO_PROPOSAL_CHOSEN/);
    expect(silent.out).to.match(/On the wire\n {2}silence/);
    expect((await select(`${line} --sends-notifications`)).out).to.match(/On the wire\n {2}notify 14 NO_PROPOSAL_CHOSEN/);
  });

  it('prints the verdict as JSON', async () => {
    const selected = await json('--as freeswan --policy psk --offer aes256-md5-modp2048,3des-md5-modp1024,3des-sha1-modp1024');
    expect(selected).to.include({ outcome: 'selected', notify: 'NOTHING_WRONG', wire: 'answer' });
    const [first, second] = selected.judgements;
    expect(first).to.include({ suite: 'aes256-md5-modp2048 psk', accepted: false });
    expect(first?.reasons.map(({ code, hidden }) => [code, hidden])).to.deep.equal([
      ['algorithm-not-configured', false],
      ['attribute-unsupported', true],
      ['algorithm-not-configured', true],
    ]);
    expect(first?.reasons[0]?.text).to.match(/^aes256 was offered as cipher; configured is 3des/);
    expect(second).to.include({ accepted: true });
    expect(selected.notLookedAt.map(({ suite }) => suite)).to.deep.equal(['3des-sha1-modp1024 psk']);
    expect(selected.logs.at(-1)).to.equal('| Oakley Transform 2 accepted');
    expect(selected.replySa).to.match(/^0000/);
  });

  it('reads an SA payload, with and without its generic header, on the line and from a file', async () => {
    const line = '--as freeswan --policy psk';
    const whole = await json(`${line} --sa ${DES_THEN_3DES}`);
    expect(whole.judgements.map(({ accepted }) => accepted)).to.deep.equal([false, true]);
    expect(await json(`${line} --sa ${DES_THEN_3DES.slice(8)}`)).to.deep.equal(whole);
    const spaced = DES_THEN_3DES.replace(/(.{8})/g, '$1 ');
    const { out } = await select(`${line} --sa @sa.hex --json`, { 'sa.hex': `0x${spaced}\n` });
    expect(JSON.parse(out)).to.deep.equal(whole);
  });

  it('completes an offer of phase 2 with SPIs and the mode of the policy', async () => {
    const tunnel = await json('--as freeswan --policy encrypt,tunnel --offer esp:3des-md5+ah:sha1');
    expect(tunnel.judgements.map(({ suite }) => suite)).to.deep.equal(['sha1 tunnel', '3des-md5 tunnel']);
    const transport = await json('--as freeswan --policy encrypt --exchange ikev1-quick --offer des-md5,3des-md5');
    expect(transport.judgements.map(({ suite }) => suite)).to.deep.equal(['des-md5 transport', '3des-md5 transport']);
    expect(transport).to.include({ outcome: 'selected' });
  });

  it('goes by the release', async () => {
    const offer = '--policy psk --offer 3des-md5-modp768';
    expect((await select(`--as freeswan@1.5 ${offer}`)).code).to.equal(0);
    expect((await select(`--as freeswan@1.97 ${offer}`)).code).to.equal(1);
  });

  it('knows when no secret is there', async () => {
    const answer = await json('--as freeswan --policy psk --no-secret --offer 3des-md5-modp1024');
    expect(answer.judgements[0]?.reasons[0]?.code).to.equal('no-credential');
  });

  const ASKED: readonly (readonly [line: string, code: number, says: RegExp])[] = [
    ['--as strongswan@5.9.8 --policy aes256-sha256-modp2048 --offer aes256-sha256-modp2048', 0, /selects in ikev2-init/],
    [
      '--as strongswan@5.9.8 --policy aes256-sha256-modp2048 --exchange ikev1-main --offer des-md5-modp768',
      1,
      /notify 14.*both cookies as its SPI/,
    ],
    ['--as libreswan --offer aes256-sha256-modp2048', 0, /libreswan@5\.2 \(as installed\) selects/],
    [
      '--as openiked --policy aes256-sha256-modp2048 --offer aes256-sha256-ecp256-modp2048 --ke ecp256',
      1,
      /notify 17 INVALID_KE_PAYLOAD, data 000e/,
    ],
    ['--as openiked --policy esp:aes256-sha512 --offer esp:aes256-sha512', 0, /selects in ikev2-child/],
    ['--as racoon --policy 3des-sha1-modp1024 --offer 3des-md5-modp1024', 1, /it keeps silent/],
    ['--as cisco-ios --policy aes256-sha1-modp1024 --offer 3des-md5-modp1024', 1, /Known from documents only/],
    ['--as n3iwf --offer aes256-sha256-prfsha256-modp2048', 0, /n3iwf \(as installed\) selects in ikev2-init/],
    ['--as rfc --policy esp:aes256-sha256 --offer esp:aes256-sha256', 0, /rfc \(esp:aes256-sha256\) selects in ikev2-child/],
  ];
  for (const [line, wanted, says] of ASKED) {
    it(`answers: ${line}`, async () => {
      const { code, out } = await select(line);
      expect(out.replace(/\s+/g, ' ')).to.match(says);
      expect(code).to.equal(wanted);
    });
  }

  it('asks the other role: whether an initiator is content with an answer', async () => {
    const line = '--as strongswan@5.9.8 --policy aes256-sha256-modp2048 --offer aes256-sha256-modp2048';
    const { replySa } = await json(line);
    expect(await json(`${line} --check ${replySa}`)).to.include({ outcome: 'selected', wire: 'nothing' });
    const other = String(replySa).replace('0300000c', '0300000b');
    expect((await select(`${line} --check ${other}`)).code).to.equal(1);
  });

  it('has settings of each implementation, and refuses what it does not know', async () => {
    const line = '--as racoon --policy 3des-sha1-modp1024 --lifetime 28800 --offer 3des-sha1-modp1024';
    expect((await select(`${line} --set proposal_check=obey`)).code).to.equal(0);
    const { code, err } = await select(`${line} --set proposal_check=maybe`);
    expect([code, err]).to.satisfy(([first, text]: [number, string]) => first === 2 && /may be strict, .*not 'maybe'/.test(text));
    expect((await select(`${line} --set colour=red`)).err).to.match(/unknown setting 'colour'; known: proposal_check/);
  });

  it('refuses a policy that the daemon would not load, in its words', async () => {
    const { code, err } = await select('--as strongswan --policy aes256-aes256gcm16-sha256-modp2048 --offer aes256-sha256-modp2048');
    expect(code).to.equal(2);
    expect(err).to.match(/^ike-probe: strongswan@6\.1\.0: .*combined-mode/);
  });

  it('lists the profiles with their releases, sources and settings', async () => {
    const { code, out } = await select('--list');
    expect(code).to.equal(0);
    for (const name of ['freeswan', 'strongswan', 'libreswan', 'openiked', 'racoon', 'cisco-asa', 'rfc'])
      expect(out).to.match(new RegExp(`^${name} {2}`, 'm'));
    const listed = JSON.parse((await select('--list --json')).out) as { profiles: readonly { name: string; roles: object }[] };
    expect(listed.profiles.find(({ name }) => name === 'strongswan')?.roles).to.deep.equal({ respond: true, check: true, offer: true });
  });

  const wrong: [line: string, message: RegExp][] = [
    ['--as freeswam --policy psk --offer 3des-md5-modp1024', /unknown profile 'freeswam'\. Did you mean 'freeswan'\?/],
    ['--as freeswan@9 --policy psk --offer 3des-md5-modp1024', /no release '9'/],
    ['--as freeswan --policy spk --offer 3des-md5-modp1024', /unknown policy word 'spk' at offset 0\. Did you mean 'psk'\?/],
    ['--as freeswan --policy psk --offer 3ds-md5-modp1024', /--offer: unknown algorithm '3ds' at character 1\. Did you mean '3des'\?/],
    ['--as freeswan --policy psk --sa 0x12z', /--sa must be octets in hexadecimal/],
    ['--as freeswan --policy psk --sa @missing', /missing: cannot be read/],
    ['--as freeswan --policy psk', /--offer is missing/],
    ['--as freeswan --offer 3des-md5-modp1024', /--policy is missing/],
    ['--policy psk --offer 3des-md5-modp1024', /--as is missing/],
    ['--as freeswan --policy psk --sa 00 --offer 3des-md5-modp1024', /cannot be used with/],
    ['--as freeswan --policy psk --exchange ikev2-init --offer 3des-md5-modp1024', /drops messages of ikev2-init/],
    ['--as freeswan --policy psk --exchange main --offer 3des-md5-modp1024', /Allowed choices are ikev1-main/],
    ['--batch missing.jsonl', /missing\.jsonl: cannot be read/],
    ['--batch x --as freeswan', /cannot be used with/],
  ];
  for (const [line, message] of wrong) {
    it(`refuses: ${line}`, async () => {
      const { code, out, err } = await select(line);
      expect(code).to.equal(2);
      expect(out).to.equal('');
      expect(err).to.match(message);
      expect(err).not.to.match(/\n +at /);
    });
  }

  it('shows examples in its help', async () => {
    const { code, out } = await select('--help');
    expect(code).to.equal(0);
    expect(out).to.match(/Examples:\n {2}ike-probe select --as freeswan/);
  });
});

describe('ike-probe select --batch', () => {
  const vectors = new URL('../../vectors/freeswan/selections.jsonl', import.meta.url);
  const recorded = readFileSync(vectors, 'utf8');
  const first = recorded.slice(0, recorded.indexOf('\n'));

  it('agrees with every recorded case', async () => {
    const { code, out, err } = await select('--batch cases', { cases: recorded });
    expect(code).to.equal(0);
    expect(out.trim().split('\n')).to.have.length(140);
    expect(err).to.equal('pluto-oracle: 140 of 140 agree\n');
  });

  it('prints what is compared', async () => {
    const { out } = await select('--batch cases', { cases: first });
    const { id, expected } = JSON.parse(first) as { id: string; expected: { logs: string[]; replySa: string } };
    expect(JSON.parse(out)).to.deep.equal({
      id,
      outcome: 'selected',
      code: 0,
      notify: 'NOTHING_WRONG',
      accepted: true,
      logs: expected.logs,
      replySa: expected.replySa,
    });
  });

  it('ends with 1 when a case disagrees', async () => {
    const { code, err } = await select('--batch cases', { cases: `${first}\n${first.replace('"code":0', '"code":14')}\n` });
    expect(code).to.equal(1);
    expect(err).to.equal('pluto-oracle: 1 of 2 agree\n');
  });

  it('writes what it decoded', async () => {
    const saPayload = '220000300000002c010100040300000c0100000c800e0080030000080300000c0300000802000005000000080400000e';
    const message = '0001020304050607debc583a8f40d0cf2920222000000000000000240000000801000011';
    const cases = [
      { id: 'a', kind: 'wire-sa', ike: 2, saPayload },
      { id: 'b', kind: 'wire-notify', ike: 2, message },
      { id: 'c', kind: 'wire-sa', ike: 1, saPayload: '00000008000000' },
      { id: 'd', kind: 'wire-notify', ike: 2, message: '00' },
    ];
    const { code, out, err } = await select('--batch cases', { cases: cases.map((each) => JSON.stringify(each)).join('\n') });
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).to.deep.equal([
      { id: 'a', outcome: 'decoded', reencoded: saPayload },
      { id: 'b', outcome: 'decoded', reencoded: message },
      { id: 'c', outcome: 'error', code: 'truncated' },
      { id: 'd', outcome: 'error', code: 'truncated' },
    ]);
    expect(code).to.equal(1);
    expect(err).to.equal('wire-sa: 1 of 2 agree\nwire-notify: 1 of 2 agree\n');
  });

  it('counts kinds that it cannot judge apart', async () => {
    const { code, out, err } = await select('--batch cases', { cases: '{"id":"x","kind":"ikev9-oracle"}\n{"id":"y","kind":"toString"}' });
    expect(code).to.equal(0);
    expect(JSON.parse(out.split('\n')[0] ?? '')).to.deep.equal({ id: 'x', outcome: 'error', code: 'unsupported-kind' });
    expect(err).to.equal('ikev9-oracle: 1 not supported yet\ntoString: 1 not supported yet\n');
  });

  const broken: [line: string, message: RegExp][] = [
    ['{"id":', /cases:2: not JSON/],
    ['[]', /cases:2: not a JSON object/],
    ['{"kind":"pluto-oracle"}', /cases:2: "id" must be a text/],
    [first.replace('"phase":1', '"phase":3'), /cases:2: "phase" must be 1 or 2/],
    [first.replace(/"saPayload":"../, '"saPayload":"x'), /cases:2: "saPayload" must be octets/],
    [first.replace('"PSK"', '"PKS"'), /cases:2: "policy" may hold psk/],
  ];
  for (const [line, message] of broken) {
    it(`refuses a file with a line ${line.slice(0, 24)}…: ${message.source}`, async () => {
      const { code, err } = await select('--batch cases', { cases: `${first}\n${line}\n` });
      expect(code).to.equal(2);
      expect(err).to.match(message);
    });
  }

  const golden = new URL('../../../shared/golden/', import.meta.url);
  for (const file of [
    'pluto-oracle.jsonl',
    'pluto-oracle-fuzz.jsonl',
    'openswan-wire-sa.jsonl',
    'iked-oracle.jsonl',
    'libreswan-algparse.jsonl',
    'libreswan-recorded-selections.jsonl',
    'measured-strongswan-5.9.8.jsonl',
    'strongswan-proposal-strings.jsonl',
    'strongswan-select.jsonl',
  ]) {
    const there = existsSync(new URL(file, golden));
    (there ? it : it.skip)(`agrees with ${file}${there ? '' : ' (skipped: ../shared/golden is not here)'}`, async () => {
      const { code } = await select('--batch cases', { cases: readFileSync(new URL(file, golden), 'utf8') });
      expect(code).to.equal(0);
    });
  }
});
