/** What `select` prints as JSON, against `schema/select.json`: every profile, the list, the lines of every file of vectors. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { run } from '../../src/cli/program.ts';
import type { Negotiation } from '../../src/proposals/model.ts';
import { type Profile, PROFILES } from '../../src/proposals/selectors/index.ts';
import { testIo } from './test-io.ts';

const schema = JSON.parse(readFileSync(new URL('../../schema/select.json', import.meta.url), 'utf8')) as { $defs: object };
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).addSchema(schema, 'select');
const valid = ajv.getSchema('select') as NonNullable<ReturnType<typeof ajv.getSchema>>;
const part = (name: string): typeof valid => ajv.compile({ $ref: `select#/$defs/${name}` });

const EXCHANGE: Readonly<Record<Negotiation, string>> = {
  'ikev1-phase1': 'ikev1-main',
  'ikev1-phase2': 'ikev1-quick',
  'ikev2-ike': 'ikev2-init',
  'ikev2-child': 'ikev2-child',
};
/** Taken by nearly all, by some, by few; and what is no SA at all. */
const OFFERS: Readonly<Record<Negotiation, readonly string[]>> = {
  'ikev1-phase1': ['3des-sha1-modp1024,aes256-sha256-modp2048', 'des-md5-modp768', 'aes128-sha1-modp1536,cast128-md5-ecp256'],
  'ikev1-phase2': ['esp:3des-sha1,esp:aes256-sha256', 'esp:des-md5-modp768', 'esp:aes128-sha1+ah:md5', 'ah:sha1'],
  'ikev2-ike': ['aes256-sha256-modp2048', 'des-md5-modp768', 'aes256gcm16-prfsha384-ecp384,aes128-sha1-modp1024'],
  'ikev2-child': ['esp:aes256-sha256', 'esp:des-md5', 'ah:sha1', 'esp:aes128-sha1-modp2048'],
};
const OCTETS = ['00', 'ff'.repeat(60), '00000034', '0000000c0000000100000001', '220000080000000000'];

async function output(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<{ code: number; out: string }> {
  const io = testIo({ files });
  const code = await run(['select', ...args], io);
  return { code, out: io.out() };
}

function policy({ name, policySetting, defaults, releases }: Profile, negotiation: Negotiation): readonly string[] {
  if (policySetting !== undefined) return ['--policy', negotiation === 'ikev1-phase1' ? 'psk' : 'encrypt,tunnel'];
  const own = defaults?.(negotiation, { name: releases.at(-1) ?? '', since: () => true }) !== undefined;
  if (own || name === 'n3iwf') return [];
  return [
    '--policy',
    {
      'ikev1-phase1': '3des-sha1-modp1024',
      'ikev1-phase2': 'esp:3des-sha1',
      'ikev2-ike': 'aes256-sha256-modp2048',
      'ikev2-child': 'esp:aes256-sha256',
    }[negotiation],
  ];
}

describe('schema/select.json', () => {
  const verdict = part('verdict');
  for (const profile of PROFILES) {
    for (const negotiation of profile.negotiations) {
      it(`describes what ${profile.name} says in ${negotiation}`, async () => {
        const line = ['--as', profile.name, '--exchange', EXCHANGE[negotiation], ...policy(profile, negotiation), '--json'];
        const asked = [
          ...OFFERS[negotiation].flatMap((offer) => [
            ...(profile.respond ? [['--offer', offer]] : []),
            ...(profile.check
              ? [...OCTETS, '0000002c00000001000000010000002001010001000000180101000080010005800200028003000180040002'].map((sa) => [
                  '--offer',
                  offer,
                  '--check',
                  sa,
                ])
              : []),
          ]),
          ...(profile.respond ? OCTETS.map((sa) => ['--sa', sa]) : []),
        ];
        let printed = 0;
        for (const more of asked) {
          const { code, out } = await output([...line, ...more]);
          expect(code, `${more.join(' ')}\n${out}`).to.be.oneOf([0, 1, 2]);
          if (code === 2) continue;
          printed++;
          expect(verdict(JSON.parse(out)), `${more.join(' ')} ${JSON.stringify(verdict.errors)}`).to.equal(true);
        }
        expect(printed, 'it must not refuse everything that is asked').to.be.greaterThan(2);
      });
    }
  }

  it('describes the list of profiles', async () => {
    const list = part('profiles');
    const { out } = await output(['--list', '--json']);
    expect(list(JSON.parse(out)), JSON.stringify(list.errors)).to.equal(true);
  });

  const files = [
    'freeswan/selections.jsonl',
    'openiked/selections.jsonl',
    'openiked/measured-7.4.jsonl',
    'libreswan/measured-5.2.jsonl',
    'strongswan/measured-5.9.8.jsonl',
    'vpnc/measured-answers.jsonl',
  ];
  const line = part('case');
  for (const file of files) {
    it(`describes the lines of ${file}`, async () => {
      const cases = readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8');
      const { code, out } = await output(['--batch', 'cases'], { cases });
      expect(code).to.equal(0);
      for (const each of out.trim().split('\n')) expect(line(JSON.parse(each)), `${each} ${JSON.stringify(line.errors)}`).to.equal(true);
    });
  }

  it('describes the lines of cases that are broken', async () => {
    const cases = [
      '{',
      '{"id":"a"}',
      '{"id":"b","kind":"wire-sa","ike":2,"saPayload":"00"}',
      '{"id":"c","kind":"no-such"}',
      '{"id":"d","kind":"measured","impl":"strongswan 99.9","ike":1,"local":[],"saPayload":""}',
    ];
    const { out } = await output(['--batch', 'cases'], { cases: cases.join('\n') });
    const lines = out.trim().split('\n');
    expect(lines).to.have.length(cases.length);
    for (const each of lines) expect(line(JSON.parse(each)), `${each} ${JSON.stringify(line.errors)}`).to.equal(true);
  });

  const GOOD = ['--as', 'strongswan', '--policy', 'aes256-sha256-modp2048', '--offer', 'aes128-sha256-modp2048', '--json'];
  const broken: [what: string, change: (json: Record<string, unknown>) => object][] = [
    ['a field too many', (json) => ({ ...json, extra: 1 })],
    ['a missing field', (json) => ({ ...json, wire: undefined, complete: undefined })],
    ['an outcome that does not exist', (json) => ({ ...json, outcome: 'maybe' })],
    [
      'a reason without its sentence',
      (json) => ({
        ...json,
        judgements: [{ path: [0], suite: null, accepted: false, reasons: [{ code: 'structure', detail: 'x', path: [], hidden: false }] }],
      }),
    ],
    ['a reply that is no hexadecimal', (json) => ({ ...json, replySa: 'xyz' })],
  ];
  for (const [what, change] of broken) {
    it(`refuses ${what}`, async () => {
      const json = JSON.parse((await output(GOOD)).out) as Record<string, unknown>;
      expect(valid(json)).to.equal(true);
      expect(valid(JSON.parse(JSON.stringify(change(json))))).to.equal(false);
    });
  }
});
