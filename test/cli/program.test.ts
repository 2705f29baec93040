import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { isUserFault, UsageError } from '../../src/cli/errors.ts';
import { appearance } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';
import { VERSION } from '../../src/cli/version.ts';
import { testIo } from './test-io.ts';

async function call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = testIo();
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
}

describe('the command line', () => {
  it('--help is a page on stdout, with the commands that exist and the exit codes', async () => {
    const { code, out, err } = await call('--help');
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    for (const word of ['probe', 'select', 'algorithms', 'demo', 'matrix', 'Examples:', 'Exit codes:']) expect(out).to.include(word);
    for (const later of ['compare', 'listen', 'doctor']) expect(out).not.to.match(new RegExp(`^ +${later}`, 'm'));
  });

  it('no arguments at all is wrong usage: the page goes to stderr', async () => {
    const { code, out, err } = await call();
    expect({ code, out }).to.deep.equal({ code: 2, out: '' });
    expect(err).to.include('Usage: ike-probe');
  });

  it('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(VERSION).to.equal(version);
    expect(await call('--version')).to.deep.equal({ code: 0, out: `${version}\n`, err: '' });
  });

  for (const command of ['probe', 'demo']) {
    it(`${command} --help has examples, and so has help ${command}`, async () => {
      const { code, out } = await call(command, '--help');
      expect(code).to.equal(0);
      expect(out)
        .to.match(/Usage: ike-probe \w+/)
        .and.include('Examples:')
        .and.include('--no-color');
      expect((await call('help', command)).out).to.equal(out);
    });
  }

  const wrong: [argv: string, message: RegExp][] = [
    ['porbe 10.0.0.1', /unknown command 'porbe'. Did you mean 'probe'\?\n {2}hint: .*ike-probe probe porbe/],
    ['10.0.0.1 --jsn', /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    ['probe', /no peer given\n {2}hint: /],
    ['--json', /no peer given/],
    ['10.0.0.1 10.0.0.2', /too many arguments/],
    ['10.0.0.1 --port 70000', /'--port <n>' argument '70000' is invalid. It must be a whole number from 1 to 65535/],
    ['10.0.0.1 --timeout 1', /'--timeout <ms>' argument '1' is invalid. .* 50 to 60000 ms/],
    ['10.0.0.1 --retries -1', /'--retries <n>' argument '-1' is invalid. .* 0 to 10/],
    ['10.0.0.1 --rate 1e9', /'--rate <n>' argument '1e9' is invalid/],
    ['10.0.0.1 --source-port x', /'--source-port <n\|any>' argument 'x' is invalid. It must be 'any' or a port/],
    ['10.0.0.1 --ike v3', /'--ike <version>' argument 'v3' is invalid. Allowed choices are v1, v2, both/],
    ['10.0.0.1 -q -v', /'-q, --quiet' cannot be used with option '-v, --verbose'/],
    ['10.0.0.1 --save', /'--save <transcript>' argument missing/],
    ['10.0.0.1 --offer @/nowhere/at/all', /^ike-probe: \/nowhere\/at\/all: cannot be read: no such file or directory\n/],
    // A secret is never an argument.
    ['10.0.0.1 --psk secret', /unknown option '--psk'/],
    ['10.0.0.1 --psk-file /nowhere/at/all', /^ike-probe: \/nowhere\/at\/all: cannot be read: no such file or directory\n/],
    ['10.0.0.1 --id client.example', /^ike-probe: --id needs a credential\n/],
    ['10.0.0.1 --offer esp:aes256-sha256', /^ike-probe: --offer 'esp:aes256-sha256': child SAs are asked about behind an authentication\n/],
  ];
  for (const [argv, message] of wrong) {
    it(`${argv}: exit 2, one message, no stack`, async () => {
      const { code, out, err } = await call(...argv.split(' '));
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err)
        .to.match(message)
        .and.match(/^ike-probe: /)
        .and.not.match(/\n +at /);
    });
  }

  it('any other exception is a bug: stack, a request to report it, exit 70', async () => {
    const io = testIo({
      files: {
        offers: () => {
          throw new TypeError('boom');
        },
      },
    });
    expect(await run(['10.0.0.1', '--offer', '@offers'], io)).to.equal(70);
    expect(io.err())
      .to.match(/TypeError: boom\n +at /)
      .and.include('this is a bug in ike-probe');
  });
});

describe('errors and appearance', () => {
  it('a user fault is known by its shape', () => {
    expect(isUserFault(new UsageError('ERR_USAGE_FILE', 'x'))).to.equal(true);
    expect(isUserFault(Object.assign(new Error('x'), { code: 'EACCES' }))).to.equal(false);
    expect(isUserFault('x')).to.equal(false);
  });

  const tty = { isTTY: true, columns: 90 };
  const looks: [string, Record<string, string>, Parameters<typeof appearance>[1], Partial<ReturnType<typeof appearance>>][] = [
    ['a terminal has colour', {}, {}, { color: true, columns: 90, ascii: false }],
    ['NO_COLOR', { NO_COLOR: '1' }, {}, { color: false }],
    ['NO_COLOR empty does not count', { NO_COLOR: '' }, {}, { color: true }],
    ['--no-color', { FORCE_COLOR: '1' }, { color: false }, { color: false }],
    ['TERM=dumb', { TERM: 'dumb' }, {}, { color: false }],
    ['a locale without UTF-8 is ASCII', { LANG: 'C' }, {}, { ascii: true }],
    ['LC_ALL goes before LANG', { LANG: 'C', LC_ALL: 'C.UTF-8' }, {}, { ascii: false }],
    ['--ascii', { LANG: 'en_GB.UTF-8' }, { ascii: true }, { ascii: true }],
  ];
  for (const [name, env, options, expected] of looks) {
    it(name, () => expect(appearance(testIo({ env, stdout: tty }), options)).to.include(expected));
  }
});
