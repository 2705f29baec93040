import { expect } from 'chai';
import { describe, it } from 'mocha';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readCapture } from '../../../src/net/capture.ts';
import type { Suite } from '../../../src/proposals/model.ts';
import type { Policy } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { OPENSWAN } from '../../../src/proposals/selectors/openswan/log.ts';
import type { Response } from '../../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';

/** What Openswan's own unit tests recorded, and the messages that they were fed. */
const CORPUS = new URL('../../../../shared/corpus/openswan/', import.meta.url);
const OUTCOMES = new URL('../../../../shared/corpus/expected/openswan-outcomes.json', import.meta.url);

type Outcomes = Readonly<Record<string, Readonly<Record<string, Row>>>>;
interface Row {
  readonly configured: readonly string[];
  readonly result: readonly string[];
}

/** Rows that say nothing about a choice, or were recorded by a release that we have no profile of. */
const NOT_EXPLAINED: Readonly<Record<string, string>> = {
  'lp09-I1notify': 'the initiator starts anew after INVALID_KE_PAYLOAD: no SA is judged',
  'lp45-h2hR1-noikev2': 'the connection allows no IKEv2: refused before the SA is looked at',
  'lp70-invalid-init-msg': 'the table of states was spoilt on purpose: refused before the SA is looked at',
  'lp204-ca-h2hR2': 'recorded before the list had key lengths: AES without one is taken',
  'xf79-childQR1': 'IKEv1: the row keeps no line of the choice',
};

/** Tests of later messages come without the first ones, which those of this other test are. */
const SAME_START: Readonly<Record<string, string>> = {
  'lp13-parentI3': 'lp10-parentI2',
  'lp171-childTSwrong': 'lp62-nattR1',
  'lp39-h2hR2': 'lp37-h2hR1',
  'lp57-rekeyv2nopfs-R1': 'lp37-h2hR1',
  'lp58-rekeyv2nopfs-inCR1': 'lp10-parentI2',
  'lp64-nattR2': 'lp62-nattR1',
  'lp74-alg-h2hR2': 'lp72-alg-h2hR1',
};

interface InitMessage {
  readonly sa: Uint8Array;
  readonly keGroup?: number;
  readonly answer: boolean;
}

/** SA and KE of an IKE_SA_INIT message. */
function readInit(message: Uint8Array): InitMessage | undefined {
  const [next = 0, version, exchange, flags = 0] = message.subarray(16, 20);
  if (version !== 0x20 || exchange !== 34) return undefined;
  let sa: Uint8Array | undefined;
  let keGroup: number | undefined;
  for (let at = 28, type = next; type !== 0 && at + 4 <= message.length; ) {
    const [following = 0, , high = 0, low = 0] = message.subarray(at, at + 4);
    const length = high * 256 + low;
    if (type === 33) sa ??= Uint8Array.from(message.subarray(at, at + length));
    if (type === 34) keGroup = (message[at + 4] ?? 0) * 256 + (message[at + 5] ?? 0);
    if (length < 4) break;
    at += length;
    type = following;
  }
  return sa && { sa, answer: (flags & 0x20) !== 0, ...(keGroup !== undefined && { keGroup }) };
}

function messagesOf(directory: string): InitMessage[] {
  const files = readdirSync(new URL(`${directory}/`, CORPUS)).filter((name) => name.endsWith('.pcap'));
  return files.flatMap((file) =>
    readCapture(readFileSync(new URL(`${directory}/${file}`, CORPUS))).packets.flatMap(({ payload }) => readInit(payload) ?? []),
  );
}

/** `3des(3)-hmac_sha1_96(2)-prfsha1(2)-MODP1536(5)`; nothing: the built-in list. */
function policyOf({ configured }: Row): Policy | undefined {
  const list = configured.flatMap((line) => /IKE algorithms wanted: ([^;]+)/.exec(line)?.[1]?.split(', ') ?? []);
  if (list.length === 0) return undefined;
  return list.map((entry) => {
    const [encryption = 0, integrity = 0, prf = 0, group = 0] = [...entry.matchAll(/\((\d+)\)/g)].map(([, number]) => Number(number));
    const bits = /\(\d+\)_(\d+)/.exec(entry)?.[1];
    const suite: Suite = {
      encryption: { id: encryption, ...(bits !== undefined && Number(bits) > 0 && { keyBits: Number(bits) }) },
      integrity: { id: integrity },
      prf: { id: prf },
      group: { id: group },
    };
    return [{ protocol: 1, slots: new Map(Object.entries(suite).map(([slot, algorithm]) => [slot as keyof Suite, [algorithm]])) }];
  });
}

/** The lines of a row that tell of the choice, each once. */
function verdictLines(lines: readonly string[]): string[] {
  const keys = ['encryption', 'integrity', 'prf', 'group', 'selected'];
  return [...new Set(lines.filter((line) => keys.includes(OPENSWAN.read(line)?.key ?? '')))];
}

function judge(release: string, row: Row, message: InitMessage): Response {
  const policy = policyOf(row);
  const peer = selectorFor(`openswan@${release}`).configured('ikev2-ike', policy && { policy });
  const request = { negotiation: 'ikev2-ike', step: 'sa-init', ...message } as const;
  return message.answer ? peer.check({ ...request, offered: message.sa }) : peer.respond(request);
}

describe("Openswan's unit tests", () => {
  if (!existsSync(OUTCOMES)) {
    it.skip('(skipped: no corpus)', () => undefined);
    return;
  }
  const outcomes = JSON.parse(readFileSync(OUTCOMES, 'utf8')) as Outcomes;
  const rows = Object.entries(outcomes).flatMap(([directory, outputs]) =>
    Object.entries(outputs).map(([file, row]) => ({ directory, file, row })),
  );
  let explained = 0;
  for (const { directory, file, row } of rows) {
    const why = NOT_EXPLAINED[directory];
    it(`${directory} ${file}${why === undefined ? '' : ` is not explained: ${why}`}`, () => {
      const expected = verdictLines(row.result);
      const found = messagesOf(SAME_START[directory] ?? directory).flatMap((message) =>
        ['3.0', '2.6'].map((release) => verdictLines(judge(release, row, message).logs.map(({ text }) => text))),
      );
      const right = expected.length > 0 && found.some((lines) => lines.join('\n') === expected.join('\n'));
      if (why === undefined) {
        expect(right, `${expected.join('\n')}\n---\n${found.map((lines) => lines.join('\n')).join('\n-\n')}`).to.equal(true);
        explained++;
      } else {
        expect(right, 'it is explained after all').to.equal(false);
      }
    });
  }

  it(`explains all but ${Object.keys(NOT_EXPLAINED).length} of ${rows.length}`, () => {
    expect(explained).to.equal(rows.length - Object.keys(NOT_EXPLAINED).length);
  });

  it('answers the message of lp06 with NO_PROPOSAL_CHOSEN, and lp08 with another group with INVALID_KE_PAYLOAD', () => {
    const [row] = Object.values(outcomes['lp06-msg1nopropchosen'] ?? {});
    const [message] = messagesOf('lp06-msg1nopropchosen').filter(({ answer }) => !answer);
    if (!row || !message) throw new Error('no such row');
    expect(judge('3.0', row, message).wire).to.include({ kind: 'notify', type: 14 });
    const [plain] = Object.values(outcomes['lp08-parentR1'] ?? {});
    const [right] = messagesOf('lp08-parentR1').filter(({ answer }) => !answer);
    if (!plain || !right) throw new Error('no such row');
    const { wire, logs } = judge('3.0', plain, { ...right, keGroup: 5 });
    expect(wire).to.deep.include({ kind: 'notify', type: 17, data: Uint8Array.of(0, 14) });
    expect(logs.at(-1)?.text).to.equal('KE has DH group 5, but we selected 14');
  });

  it('offers what it offered, octet for octet', () => {
    const offers: [directory: string, release: string][] = [
      ['lp08-parentR1', '3.0'],
      ['lp72-alg-h2hR1', '3.0'],
      ['lp08-parentR1', '2.6'],
    ];
    for (const [directory, release] of offers) {
      const [row] = Object.values(outcomes[directory] ?? {});
      const policy = row && policyOf(row);
      const peer = selectorFor(`openswan@${release}`).configured('ikev2-ike', policy && { policy });
      const own = Buffer.from(writeSa({ offer: peer.offer('sa-init') }))
        .toString('hex')
        .slice(2);
      const seen = messagesOf(directory).map(({ sa }) => Buffer.from(sa).toString('hex').slice(2));
      expect(seen, `${directory} ${release}`).to.include(own);
    }
  });
});
